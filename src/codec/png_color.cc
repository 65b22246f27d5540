#include "codec/png_color.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string_view>

#include <libdeflate.h>
#include <zlib.h>

#include "base/c_ptr.h"

namespace thimble {
namespace {

constexpr std::size_t kSignatureBytes = 8;
constexpr std::size_t kFieldBytes = 4;  // a chunk's length, its name and its checksum
constexpr std::size_t kFrameBytes = 3 * kFieldBytes;

std::uint32_t BigEndian32(ByteSpan bytes) {
  return std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 |
         std::uint32_t{bytes[2]} << 8 | bytes[3];
}

struct Chunk {
  std::string_view name;
  ByteSpan payload;
  ByteSpan summed;  // name and payload
  std::uint32_t checksum = 0;

  bool is_sound() const { return libdeflate_crc32(0, summed.data(), summed.size()) == checksum; }
};

// Takes the next chunk off `unread`; nothing at the pixels, or where a chunk is cut.
std::optional<Chunk> TakeChunkBeforePixels(ByteSpan& unread) {
  if (unread.size() < kFrameBytes) return std::nullopt;
  const std::size_t length = BigEndian32(unread);
  if (length > unread.size() - kFrameBytes) return std::nullopt;
  const Chunk chunk = {.name = TextOf(unread.subspan(kFieldBytes, kFieldBytes)),
                       .payload = unread.subspan(2 * kFieldBytes, length),
                       .summed = unread.subspan(kFieldBytes, kFieldBytes + length),
                       .checksum = BigEndian32(unread.subspan(2 * kFieldBytes + length))};
  if (chunk.name == "IDAT") return std::nullopt;
  unread = unread.subspan(kFrameBytes + length);
  return chunk;
}

// The first sound chunk of each kind.
struct ColorChunks {
  std::optional<ByteSpan> cicp;
  std::optional<ByteSpan> iccp;
  std::optional<ByteSpan> srgb;
  std::optional<ByteSpan> gama;
  std::optional<ByteSpan> chrm;
};

ColorChunks FindColorChunks(ByteSpan png) {
  ColorChunks found;
  bool behind_palette = false;
  ByteSpan unread = png.subspan(std::min(kSignatureBytes, png.size()));
  const auto keep = [](std::optional<ByteSpan>& place, const Chunk& chunk, std::size_t bytes) {
    const bool has_length = bytes == 0 || chunk.payload.size() == bytes;
    if (!place && has_length && chunk.is_sound()) place = chunk.payload;
  };
  while (const std::optional<Chunk> chunk = TakeChunkBeforePixels(unread)) {
    if (chunk->name == "PLTE") behind_palette = true;
    if (chunk->name == "cICP" && !behind_palette) keep(found.cicp, *chunk, 4);
    if (chunk->name == "iCCP") keep(found.iccp, *chunk, 0);
    if (chunk->name == "sRGB") keep(found.srgb, *chunk, 1);
    if (chunk->name == "gAMA") keep(found.gama, *chunk, 4);
    if (chunk->name == "cHRM") keep(found.chrm, *chunk, 32);
  }
  return found;
}

constexpr Chromaticity kIlluminantC = {0.310, 0.316};
constexpr Chromaticity kTheaterWhite = {0.314, 0.351};

// ITU-T H.273, table 2.
std::optional<Primaries> PrimariesOfCode(int code) {
  switch (code) {
    case 1: return kSrgbPrimaries;
    case 4: return Primaries{kIlluminantC, {0.67, 0.33}, {0.21, 0.71}, {0.14, 0.08}};
    case 5: return Primaries{kD65, {0.64, 0.33}, {0.29, 0.60}, {0.15, 0.06}};
    case 6:
    case 7: return Primaries{kD65, {0.630, 0.340}, {0.310, 0.595}, {0.155, 0.070}};
    case 8: return Primaries{kIlluminantC, {0.681, 0.319}, {0.243, 0.692}, {0.145, 0.049}};
    case 9: return Primaries{kD65, {0.708, 0.292}, {0.170, 0.797}, {0.131, 0.046}};
    case 11: return Primaries{kTheaterWhite, {0.680, 0.320}, {0.265, 0.690}, {0.150, 0.060}};
    case 12: return Primaries{kD65, {0.680, 0.320}, {0.265, 0.690}, {0.150, 0.060}};
    case 22: return Primaries{kD65, {0.630, 0.340}, {0.295, 0.605}, {0.155, 0.077}};
    default: return std::nullopt;
  }
}

// ITU-T H.273, table 3. What television cameras encode is shown by the curve of displays (BT.1886).
// PQ and HLG are left out: they would need tone mapping.
std::optional<TransferCurve> TransferOfCode(int code) {
  constexpr double kSmpte240Foot = 0.1115;
  switch (code) {
    case 1:
    case 6:
    case 11:
    case 14:
    case 15: return TransferCurve{.exponent = 2.4};
    case 4: return TransferCurve{.exponent = 2.2};
    case 5: return TransferCurve{.exponent = 2.8};
    case 7:
      return TransferCurve{.exponent = 1 / 0.45,
                           .scale = 1 / (1 + kSmpte240Foot),
                           .offset = kSmpte240Foot / (1 + kSmpte240Foot),
                           .slope = 1.0 / 4,
                           .border = 0.0913};
    case 8: return TransferCurve{};
    case 13: return kSrgbTransfer;
    default: return std::nullopt;
  }
}

// Samples of the full range that are R, G and B; other codings are not for PNG.
std::optional<ColorEncoding> EncodingOfCicp(ByteSpan cicp) {
  const bool is_rgb = cicp[2] == 0;
  const bool is_full_range = cicp[3] == 1;
  const std::optional<Primaries> primaries = PrimariesOfCode(cicp[0]);
  const std::optional<TransferCurve> transfer = TransferOfCode(cicp[1]);
  if (!is_rgb || !is_full_range || !primaries || !transfer) return std::nullopt;
  return ColorEncoding{*primaries, *transfer};
}

// Nothing when the stream is damaged, cut or longer than `max_bytes`.
std::vector<std::uint8_t> Inflated(ByteSpan compressed, std::size_t max_bytes) {
  constexpr std::size_t kFirstGuess = 16 * 1024;
  z_stream stream{};
  if (inflateInit(&stream) != Z_OK) return {};
  stream.next_in =
      const_cast<Bytef*>(compressed.data());  // NOLINT(cppcoreguidelines-pro-type-const-cast)
  stream.avail_in = static_cast<uInt>(compressed.size());
  const CPtr<z_stream, &inflateEnd> ended(&stream);
  std::vector<std::uint8_t> bytes;
  int result = Z_OK;
  while (result == Z_OK && bytes.size() < max_bytes) {
    const std::size_t done = bytes.size();
    bytes.resize(std::min(max_bytes, std::max(kFirstGuess, 2 * done)));
    stream.next_out = bytes.data() + done;
    stream.avail_out = static_cast<uInt>(bytes.size() - done);
    result = inflate(&stream, Z_NO_FLUSH);
  }
  bytes.resize(stream.total_out);
  if (result != Z_STREAM_END) bytes.clear();
  return bytes;
}

// A name of 1 byte or more, 0, the method (0: zlib), the stream. Empty for what is no profile.
std::vector<std::uint8_t> ProfileOf(ByteSpan iccp, std::int64_t max_bytes) {
  constexpr std::size_t kHeaderBytes = 128;
  constexpr std::size_t kSignatureAt = 36;
  const auto name_end = std::ranges::find(iccp, 0);
  const auto name_bytes = static_cast<std::size_t>(name_end - iccp.begin());
  if (name_bytes == 0 || iccp.size() - name_bytes < 3 || iccp[name_bytes + 1] != 0) return {};
  const auto limit = static_cast<std::size_t>(std::max<std::int64_t>(max_bytes, 0));
  std::vector<std::uint8_t> profile = Inflated(iccp.subspan(name_bytes + 2), limit);
  if (profile.size() < kHeaderBytes ||
      TextOf(ByteSpan(profile).subspan(kSignatureAt, 4)) != "acsp") {
    return {};
  }
  return profile;
}

bool IsSrgb(const std::optional<ByteSpan>& srgb) {
  constexpr int kIntents = 4;
  return srgb && (*srgb)[0] < kIntents;
}

// In hundred-thousandths.
double NumberAt(ByteSpan payload, std::size_t index) {
  return BigEndian32(payload.subspan(index * kFieldBytes)) / 100'000.0;
}

std::optional<Primaries> PrimariesOfChrm(ByteSpan chrm) {
  const auto at = [chrm](std::size_t i) {
    return Chromaticity{NumberAt(chrm, 2 * i), NumberAt(chrm, 2 * i + 1)};
  };
  const Primaries primaries = {at(0), at(1), at(2), at(3)};
  if (primaries.white.y == 0) return std::nullopt;
  return primaries;
}

// gAMA is of the encoding: a display's exponent is its inverse. cHRM alone says nothing.
std::optional<ColorEncoding> EncodingOfGamma(const ColorChunks& chunks) {
  constexpr double kUsualExponent = 2.2;
  constexpr double kTolerance = 0.05;  // libpng's
  constexpr double kLargestExponent = 1000;
  if (!chunks.gama) return std::nullopt;
  const double gamma = NumberAt(*chunks.gama, 0);
  if (gamma == 0) return std::nullopt;
  const double exponent = std::clamp(1 / gamma, 1 / kLargestExponent, kLargestExponent);
  const TransferCurve transfer = {.exponent = exponent};
  if (chunks.chrm) {
    const std::optional<Primaries> primaries = PrimariesOfChrm(*chunks.chrm);
    if (!primaries) return std::nullopt;
    return ColorEncoding{*primaries, transfer};
  }
  // Without primaries the usual number means sRGB, of which it is an approximation.
  if (std::abs(gamma * kUsualExponent - 1) <= kTolerance) return std::nullopt;
  return ColorEncoding{kSrgbPrimaries, transfer};
}

}  // namespace

PngColor ColorOfPng(ByteSpan png, std::int64_t max_icc_bytes) {
  const ColorChunks chunks = FindColorChunks(png);
  PngColor color;
  if (chunks.cicp) color.encoding = EncodingOfCicp(*chunks.cicp);
  if (color.encoding) return color;
  if (chunks.iccp) color.icc_profile = ProfileOf(*chunks.iccp, max_icc_bytes);
  if (!color.icc_profile.empty() || IsSrgb(chunks.srgb)) return color;
  color.encoding = EncodingOfGamma(chunks);
  return color;
}

}  // namespace thimble
