#include "codec/interleave.h"

#include <algorithm>

namespace thimble {
namespace {

// The number of channels is a constant so that the loops have fixed strides and no inner loop.
template <std::size_t kChannels>
void Deinterleave(const std::uint8_t* interleaved,
                  std::span<const std::span<std::uint8_t>> planes) {
  std::array<std::uint8_t*, kChannels> out{};
  for (std::size_t c = 0; c < kChannels; ++c) out[c] = planes[c].data();
  const std::size_t width = planes[0].size();
  for (std::size_t x = 0; x < width; ++x) {
    for (std::size_t c = 0; c < kChannels; ++c) out[c][x] = interleaved[x * kChannels + c];
  }
}

template <std::size_t kChannels>
void Interleave(std::span<const std::span<const std::uint8_t>> planes, std::uint8_t* interleaved) {
  std::array<const std::uint8_t*, kChannels> in{};
  for (std::size_t c = 0; c < kChannels; ++c) in[c] = planes[c].data();
  const std::size_t width = planes[0].size();
  for (std::size_t x = 0; x < width; ++x) {
    for (std::size_t c = 0; c < kChannels; ++c) interleaved[x * kChannels + c] = in[c][x];
  }
}

}  // namespace

void DeinterleaveRow(std::span<const std::uint8_t> interleaved,
                     std::span<const std::span<std::uint8_t>> planes) {
  THIMBLE_CHECK(interleaved.size() == planes.size() * planes[0].size());
  switch (planes.size()) {
    case 1: return Deinterleave<1>(interleaved.data(), planes);
    case 2: return Deinterleave<2>(interleaved.data(), planes);
    case 3: return Deinterleave<3>(interleaved.data(), planes);
    default: return Deinterleave<4>(interleaved.data(), planes);
  }
}

void InterleaveRow(std::span<const std::span<const std::uint8_t>> planes,
                   std::span<std::uint8_t> interleaved) {
  THIMBLE_CHECK(interleaved.size() == planes.size() * planes[0].size());
  switch (planes.size()) {
    case 1: return Interleave<1>(planes, interleaved.data());
    case 2: return Interleave<2>(planes, interleaved.data());
    case 3: return Interleave<3>(planes, interleaved.data());
    default: return Interleave<4>(planes, interleaved.data());
  }
}

Expected<InterleavedRows> InterleavedRows::Create(Size size, int channels) {
  THIMBLE_CHECK(size.width > 0 && size.height > 0);
  THIMBLE_CHECK(channels >= 1 && channels <= kMaxInterleavedChannels);
  InterleavedRows rows;
  rows.size_ = size;
  rows.channels_ = channels;
  rows.row_bytes_ = static_cast<std::size_t>(size.width) * static_cast<std::size_t>(channels);
  // calloc refuses products that overflow.
  rows.samples_.reset(static_cast<std::uint8_t*>(
      std::calloc(static_cast<std::size_t>(size.height), rows.row_bytes_)));
  if (!rows.samples_) return Fail(ErrorCode::kImageTooCostly, "no memory for interleaved rows");
  return rows;
}

Expected<BandSplitter> BandSplitter::Create(int width, int channels) {
  THIMBLE_CHECK(channels >= 1 && channels <= kMaxInterleavedChannels);
  BandSplitter splitter;
  if (channels == 1) return splitter;  // such rows are passed on as they are
  for (int c = 0; c < channels; ++c) {
    THIMBLE_TRY(splitter.band_[static_cast<std::size_t>(c)], Plane::Create({width, kBandRows}));
  }
  return splitter;
}

bool BandSplitter::Emit(const InterleavedView& rows, BandSink& sink) {
  const int count = rows.size.height;
  for (int first = 0; first < count; first += kBandRows) {
    if (!EmitBand(rows, first, std::min(kBandRows, count - first), sink)) return false;
  }
  return true;
}

bool BandSplitter::EmitBand(const InterleavedView& rows, int first, int count, BandSink& sink) {
  std::array<PlaneView, kMaxInterleavedChannels> views;
  const auto channels = static_cast<std::size_t>(rows.channels);
  if (channels == 1) {
    views[0] = {rows.row(first).data(), rows.size.width, count, rows.stride};
    return sink.AcceptBand({views.data(), 1});
  }
  for (int y = 0; y < count; ++y) {
    std::array<std::span<std::uint8_t>, kMaxInterleavedChannels> samples;
    for (std::size_t c = 0; c < channels; ++c) samples[c] = band_[c].mutable_row(y);
    DeinterleaveRow(rows.row(first + y), {samples.data(), channels});
  }
  for (std::size_t c = 0; c < channels; ++c) {
    views[c] = band_[c].view();
    views[c].height = count;
  }
  return sink.AcceptBand({views.data(), channels});
}

}  // namespace thimble
