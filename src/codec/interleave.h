// Between interleaved rows (R G B R G B ..., what libpng and lossless WebP speak) and planes (what
// the engine works on).
//
// Channels are 1 to 4: gray, gray + alpha, R G B, R G B A; in plane order.
//
// Thread-safety: none. Ownership: see each type. Errors: kImageTooCostly without memory.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "base/c_ptr.h"
#include "base/error.h"
#include "codec/decoder.h"
#include "image/plane.h"
#include "image/size.h"

namespace thimble {

constexpr int kMaxInterleavedChannels = 4;

// Splits one row. REQUIRES interleaved.size() == planes.size() * planes[i].size().
void DeinterleaveRow(std::span<const std::uint8_t> interleaved,
                     std::span<const std::span<std::uint8_t>> planes);

// Joins one row. REQUIRES interleaved.size() == planes.size() * planes[i].size().
void InterleaveRow(std::span<const std::span<const std::uint8_t>> planes,
                   std::span<std::uint8_t> interleaved);

// Borrowed interleaved rows, `stride` bytes apart.
struct InterleavedView {
  const std::uint8_t* data = nullptr;
  Size size;
  int channels = 0;
  std::ptrdiff_t stride = 0;

  std::span<const std::uint8_t> row(int y) const {
    return {data + y * stride,
            static_cast<std::size_t>(size.width) * static_cast<std::size_t>(channels)};
  }
};

// Owns interleaved rows, one after the other without padding.
class InterleavedRows {
 public:
  // Zero-filled: memory that is never written costs nothing and never shows an earlier picture.
  static Expected<InterleavedRows> Create(Size size, int channels);

  Size size() const { return size_; }
  int channels() const { return channels_; }
  std::size_t row_bytes() const { return row_bytes_; }
  std::uint8_t* row(int y) { return samples_.get() + static_cast<std::size_t>(y) * row_bytes_; }
  // The first `count` rows.
  InterleavedView view(int count) const {
    return {
        samples_.get(), {size_.width, count}, channels_, static_cast<std::ptrdiff_t>(row_bytes_)};
  }

 private:
  CPtr<std::uint8_t, &std::free> samples_;
  Size size_;
  int channels_ = 0;
  std::size_t row_bytes_ = 0;
};

// Hands interleaved rows to a sink as bands of planes, a few rows at a time, so that the planes of
// a band stay in the cache.
class BandSplitter {
 public:
  static constexpr int kBandRows = 16;

  static Expected<BandSplitter> Create(int width, int channels);

  // All of `rows`, top down. False when the sink wants no more.
  bool Emit(const InterleavedView& rows, BandSink& sink);

 private:
  bool EmitBand(const InterleavedView& rows, int first, int count, BandSink& sink);

  std::array<Plane, kMaxInterleavedChannels> band_;
};

}  // namespace thimble
