// Inside codec/ only: what libjpeg-turbo has read from a JPEG's headers, as the values that
// src/jpeg and the sinks want.
//
// Thread-safety: pure functions.
#pragma once

#include <cstdio>  // jpeglib.h needs it before itself
#include <optional>
#include <vector>

#include <jpeglib.h>

#include "codec/decoder.h"
#include "image/color_model.h"
#include "image/decode_scale.h"
#include "jpeg/frame.h"
#include "jpeg/huffman_table.h"

namespace thimble {

// Nothing where it is a kind that is not decoded.
std::optional<ColorModel> ColorModelOf(const jpeg_decompress_struct& libjpeg);

// The reduction of the finer chroma plane, in whole luma samples: exact but for pictures whose Cb
// and Cr differ or whose luma is reduced too.
ChromaSubsampling ChromaSubsamplingOf(const jpeg_decompress_struct& libjpeg, ColorModel model);

// Adobe's applications store inks as 255 = none, and all browsers, libvips and ImageMagick take it
// so whether the file has Adobe's marker or not. The C, M and Y of YCCK are inverted once more by
// its definition, so only K is left to turn.
bool IsInverted(const jpeg_decompress_struct& libjpeg, int component);

HuffmanCodes CodesOf(const JHUFF_TBL& table);

// With the quantization tables in force before the first scan; nothing where one is missing.
std::optional<JpegFrame> FrameOf(const jpeg_decompress_struct& libjpeg);

// Samples a side that each component's blocks become.
std::vector<int> BlockSidesFor(const jpeg_decompress_struct& libjpeg, ColorModel model,
                               DecodeScale scale);

PlaneLayout LayoutOf(const jpeg_decompress_struct& libjpeg, const jpeg_component_info& component,
                     int block_side);

}  // namespace thimble
