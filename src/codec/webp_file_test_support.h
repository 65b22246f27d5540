// For tests: builds WebP containers by hand around bitstreams that libwebp made, so that every
// field can be chosen or wrong.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "codec/decode_test_support.h"
#include "image/size.h"

namespace thimble {

constexpr std::uint8_t kWebpFlagAnimation = 0x02;
constexpr std::uint8_t kWebpFlagExif = 0x08;
constexpr std::uint8_t kWebpFlagAlpha = 0x10;
constexpr std::uint8_t kWebpFlagIcc = 0x20;

// One chunk with its header and its padding.
Bytes WebpChunk(std::string_view name, const Bytes& payload);

Bytes WebpFile(const std::vector<Bytes>& chunks);

Bytes Vp8xChunk(std::uint8_t flags, Size canvas);

// An ANMF chunk; `x` and `y` are even.
Bytes AnimationFrame(int x, int y, Size size, const Bytes& frame_chunks);

// The chunks of a file without its RIFF and VP8X headers: what an ANMF chunk holds.
Bytes FrameChunksOf(const Bytes& file);

}  // namespace thimble
