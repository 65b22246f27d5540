#include "codec/png_deflate.h"

#include <limits>
#include <vector>

#include <libdeflate.h>
#include <zlib.h>

#include "base/c_ptr.h"

namespace thimble {
namespace {

using Compressor = CPtr<libdeflate_compressor, &libdeflate_free_compressor>;
using EndedStream = CPtr<z_stream, &deflateEnd>;

constexpr int kWindowBits = 15;
constexpr int kMemoryLevel = 8;  // 16,384 symbols share a code
constexpr int kRunLevel = 1;     // means nothing to Z_RLE
// Of libdeflate's levels the one with the fewest bytes for its time on resized screenshots.
constexpr int kRepetitionLevel = 4;

// From four places, so that a plain sky does not speak for the picture below it; a tenth of the
// time that a result of 640 px takes. Each place is as long as deflate looks back.
constexpr std::size_t kSamples = 4;
constexpr std::size_t kSampleBytes = 32'768;

std::vector<std::uint8_t> SampleOf(ByteSpan rows) {
  if (rows.size() <= kSamples * kSampleBytes) return {rows.begin(), rows.end()};
  std::vector<std::uint8_t> sample;
  sample.reserve(kSamples * kSampleBytes);
  for (std::size_t i = 0; i < kSamples; ++i) {
    const ByteSpan place =
        rows.subspan((rows.size() - kSampleBytes) / (kSamples - 1) * i, kSampleBytes);
    sample.insert(sample.end(), place.begin(), place.end());
  }
  return sample;
}

Expected<bool> RunsSuffice(ByteSpan rows) {
  const std::vector<std::uint8_t> sample = SampleOf(rows);
  std::vector<std::uint8_t> scratch(compressBound(static_cast<uLong>(sample.size())));
  THIMBLE_TRY(const std::size_t with_runs, DeflateRuns(sample, scratch));
  // What finds no room in as many bytes has more.
  const auto with_repetitions =
      DeflateRepetitions(sample, MutableByteSpan(scratch).first(with_runs));
  if (with_repetitions) return false;
  if (with_repetitions.error().code == ErrorCode::kResultTooLarge) return true;
  return tl::unexpected<Error>(with_repetitions.error());
}

}  // namespace

Expected<std::size_t> DeflatePng(ByteSpan rows, MutableByteSpan out) {
  THIMBLE_TRY(const bool runs_suffice, RunsSuffice(rows));
  return runs_suffice ? DeflateRuns(rows, out) : DeflateRepetitions(rows, out);
}

Expected<std::size_t> DeflateRuns(ByteSpan rows, MutableByteSpan out) {
  constexpr std::size_t kMost = std::numeric_limits<uInt>::max();
  if (rows.size() > kMost || out.size() > kMost) return Fail(ErrorCode::kResultTooLarge);
  z_stream stream{};
  stream.next_in =
      const_cast<Bytef*>(rows.data());  // NOLINT(cppcoreguidelines-pro-type-const-cast)
  stream.avail_in = static_cast<uInt>(rows.size());
  stream.next_out = out.data();
  stream.avail_out = static_cast<uInt>(out.size());
  if (deflateInit2(&stream, kRunLevel, Z_DEFLATED, kWindowBits, kMemoryLevel, Z_RLE) != Z_OK) {
    return Fail(ErrorCode::kImageTooCostly, "zlib: no memory");
  }
  const EndedStream ended(&stream);
  if (deflate(&stream, Z_FINISH) != Z_STREAM_END) return Fail(ErrorCode::kResultTooLarge);
  return std::size_t{stream.total_out};
}

Expected<std::size_t> DeflateRepetitions(ByteSpan rows, MutableByteSpan out) {
  const Compressor compressor(libdeflate_alloc_compressor(kRepetitionLevel));
  if (!compressor) return Fail(ErrorCode::kImageTooCostly, "libdeflate: no memory");
  const std::size_t written =
      libdeflate_zlib_compress(compressor.get(), rows.data(), rows.size(), out.data(), out.size());
  if (written == 0) return Fail(ErrorCode::kResultTooLarge);
  return written;
}

}  // namespace thimble
