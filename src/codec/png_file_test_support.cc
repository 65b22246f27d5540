#include "codec/png_file_test_support.h"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace thimble {
namespace {

constexpr std::size_t kMaxStoredBlock = 65535;  // bytes

void AppendBigEndian32(Bytes& out, std::uint32_t value) {
  for (const int shift : {24, 16, 8, 0}) out.push_back(static_cast<std::uint8_t>(value >> shift));
}

std::uint32_t Crc32(ByteSpan bytes) {
  std::uint32_t crc = 0xFFFFFFFFU;
  for (const std::uint8_t byte : bytes) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1U) != 0 ? 0xEDB88320U : 0U);
  }
  return ~crc;
}

std::uint32_t Adler32(ByteSpan bytes) {
  std::uint32_t low = 1;
  std::uint32_t high = 0;
  for (const std::uint8_t byte : bytes) {
    low = (low + byte) % 65521U;
    high = (high + low) % 65521U;
  }
  return high << 16 | low;
}

// The pixels of one Adam7 pass (or of the whole picture).
struct Pass {
  int x0, y0, dx, dy;
};
constexpr std::array<Pass, 1> kWhole = {{{0, 0, 1, 1}}};
constexpr std::array<Pass, 7> kAdam7 = {{{0, 0, 8, 8},
                                         {4, 0, 8, 8},
                                         {0, 4, 4, 8},
                                         {2, 0, 4, 4},
                                         {0, 2, 2, 4},
                                         {1, 0, 2, 2},
                                         {0, 1, 1, 2}}};

void AppendRow(const PngTestFile& file, const Pass& pass, int y, Bytes& out) {
  out.push_back(static_cast<std::uint8_t>(file.filter(y)));
  unsigned bits = 0;
  int bit_count = 0;
  for (int x = pass.x0; x < file.size.width; x += pass.dx) {
    for (int channel = 0; channel < PngChannels(file.color_type); ++channel) {
      bits = bits << file.bit_depth | file.sample(x, y, channel);
      for (bit_count += file.bit_depth; bit_count >= 8; bit_count -= 8) {
        out.push_back(static_cast<std::uint8_t>(bits >> (bit_count - 8)));
      }
    }
  }
  if (bit_count > 0) out.push_back(static_cast<std::uint8_t>(bits << (8 - bit_count)));
}

void AppendPass(const PngTestFile& file, const Pass& pass, Bytes& out) {
  if (pass.x0 >= file.size.width) return;  // an empty pass has no rows
  for (int y = pass.y0; y < file.size.height; y += pass.dy) AppendRow(file, pass, y, out);
}

Bytes HeaderPayload(const PngTestFile& file) {
  Bytes header;
  AppendBigEndian32(header, static_cast<std::uint32_t>(file.size.width));
  AppendBigEndian32(header, static_cast<std::uint32_t>(file.size.height));
  header.push_back(static_cast<std::uint8_t>(file.bit_depth));
  header.push_back(static_cast<std::uint8_t>(file.color_type));
  header.insert(header.end(), {0, 0, static_cast<std::uint8_t>(file.interlaced ? 1 : 0)});
  return header;
}

void Append(Bytes& out, const Bytes& more) { out.insert(out.end(), more.begin(), more.end()); }

void AppendPixelChunks(const PngTestFile& file, const Bytes& stream, Bytes& out) {
  for (std::size_t done = 0; done < stream.size();) {
    const std::size_t count = std::min(file.max_idat_bytes, stream.size() - done);
    const auto first = stream.begin() + static_cast<std::ptrdiff_t>(done);
    Append(out, PngChunkBytes({"IDAT", Bytes(first, first + static_cast<std::ptrdiff_t>(count))}));
    done += count;
  }
}

}  // namespace

int PngChannels(int color_type) {
  switch (color_type) {
    case 2: return 3;
    case 4: return 2;
    case 6: return 4;
    default: return 1;
  }
}

Bytes StoredZlib(const Bytes& bytes) {
  Bytes out = {0x78, 0x01};
  std::size_t done = 0;
  do {
    const std::size_t count = std::min(kMaxStoredBlock, bytes.size() - done);
    out.push_back(done + count == bytes.size() ? 1 : 0);
    for (const std::size_t field : {count, ~count}) {
      out.push_back(static_cast<std::uint8_t>(field & 0xFF));
      out.push_back(static_cast<std::uint8_t>(field >> 8 & 0xFF));
    }
    const auto first = bytes.begin() + static_cast<std::ptrdiff_t>(done);
    out.insert(out.end(), first, first + static_cast<std::ptrdiff_t>(count));
    done += count;
  } while (done < bytes.size());
  AppendBigEndian32(out, Adler32(bytes));
  return out;
}

Bytes PngChunkBytes(const PngTestChunk& chunk) {
  Bytes out;
  AppendBigEndian32(out, static_cast<std::uint32_t>(chunk.payload.size()));
  out.insert(out.end(), chunk.name.begin(), chunk.name.end());
  Append(out, chunk.payload);
  AppendBigEndian32(out, Crc32(ByteSpan(out).subspan(4)));
  return out;
}

Bytes PngBytes(const PngTestFile& file) {
  Bytes pixels;
  if (file.interlaced) {
    for (const Pass& pass : kAdam7) AppendPass(file, pass, pixels);
  } else {
    for (const Pass& pass : kWhole) AppendPass(file, pass, pixels);
  }
  Bytes out = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  Append(out, PngChunkBytes({"IHDR", HeaderPayload(file)}));
  for (const PngTestChunk& chunk : file.before_pixels) Append(out, PngChunkBytes(chunk));
  AppendPixelChunks(file, StoredZlib(pixels), out);
  Append(out, PngChunkBytes({"IEND", {}}));
  return out;
}

int PngPrediction(int filter, int a, int b, int c) {
  const int estimate = a + b - c;
  const int from_a = std::abs(estimate - a);
  const int from_b = std::abs(estimate - b);
  const int from_c = std::abs(estimate - c);
  switch (filter) {
    case 0: return 0;
    case 1: return a;
    case 2: return b;
    case 3: return (a + b) / 2;
    default: break;
  }
  if (from_a <= from_b && from_a <= from_c) return a;
  return from_b <= from_c ? b : c;
}

}  // namespace thimble
