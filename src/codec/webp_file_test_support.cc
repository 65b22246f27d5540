#include "codec/webp_file_test_support.h"

namespace thimble {
namespace {

constexpr std::ptrdiff_t kRiffHeaderBytes = 12;
constexpr std::ptrdiff_t kVp8xBytes = 18;  // with its header

void AppendLittleEndian(Bytes& out, std::size_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i) & 0xFF));
}

void AppendText(Bytes& out, std::string_view text) {
  out.insert(out.end(), text.begin(), text.end());
}

void AppendSize(Bytes& out, Size size) {
  AppendLittleEndian(out, static_cast<std::size_t>(size.width - 1), 3);
  AppendLittleEndian(out, static_cast<std::size_t>(size.height - 1), 3);
}

}  // namespace

Bytes WebpChunk(std::string_view name, const Bytes& payload) {
  Bytes out;
  AppendText(out, name);
  AppendLittleEndian(out, payload.size(), 4);
  out.insert(out.end(), payload.begin(), payload.end());
  if (payload.size() % 2 == 1) out.push_back(0);
  return out;
}

Bytes WebpFile(const std::vector<Bytes>& chunks) {
  Bytes body;
  AppendText(body, "WEBP");
  for (const Bytes& chunk : chunks) body.insert(body.end(), chunk.begin(), chunk.end());
  return WebpChunk("RIFF", body);
}

Bytes Vp8xChunk(std::uint8_t flags, Size canvas) {
  Bytes payload = {flags, 0, 0, 0};
  AppendSize(payload, canvas);
  return WebpChunk("VP8X", payload);
}

Bytes AnimationFrame(int x, int y, Size size, const Bytes& frame_chunks) {
  Bytes payload;
  AppendLittleEndian(payload, static_cast<std::size_t>(x / 2), 3);
  AppendLittleEndian(payload, static_cast<std::size_t>(y / 2), 3);
  AppendSize(payload, size);
  AppendLittleEndian(payload, 100, 3);  // milliseconds
  payload.push_back(0);
  payload.insert(payload.end(), frame_chunks.begin(), frame_chunks.end());
  return WebpChunk("ANMF", payload);
}

Bytes FrameChunksOf(const Bytes& file) {
  const bool extended = file[12] == 'V' && file[15] == 'X';
  return {file.begin() + kRiffHeaderBytes + (extended ? kVp8xBytes : 0), file.end()};
}

}  // namespace thimble
