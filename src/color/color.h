// Colour arithmetic on planes. All of it runs on the small result, but for premultiplying.
//
// Matrices are BT.601 as JFIF 1.02 and libwebp use them. Thread-safety: pure functions.
#pragma once

#include <cstdint>
#include <span>

#include "base/bytes.h"
#include "base/error.h"
#include "image/plane.h"

namespace thimble {

// samples[i] = round(samples[i] * alpha[i] / 255). Valid for any model: a weighted mean does not
// care for offsets.
void PremultiplyRow(std::span<std::uint8_t> samples, std::span<const std::uint8_t> alpha);
// The inverse, clamped; where alpha is 0 the sample becomes `neutral`.
void UnpremultiplyRow(std::span<std::uint8_t> samples, std::span<const std::uint8_t> alpha,
                      std::uint8_t neutral);

// kYCbCr <-> kYCbCrLimited: one table for luma, one for chroma, in place.
void ExpandToFullRange(PlanarImage& picture);
void ReduceToLimitedRange(PlanarImage& picture);

// To kRgb. REQUIRES chroma {1, 1}. From any model; CMYK by the plain formula. Alpha is kept. In
// place where possible.
Expected<PlanarImage> RgbFrom(PlanarImage picture);

// kRgb -> kYCbCr with the wanted chroma (reduced by averaging). REQUIRES no alpha.
Expected<PlanarImage> YCbCrFromRgb(const PlanarImage& picture, ChromaSubsampling chroma);
// kRgb -> kGray (BT.601 luma); for callers that know the picture is gray.
Expected<PlanarImage> GrayFromRgb(PlanarImage picture);

// Lays the picture (kRgb or kGray) on white and drops its alpha plane.
void FlattenOnWhite(PlanarImage& picture);

// Is this profile sRGB as near as makes no difference (its primaries and tone curve, not its name)?
// True for bytes that are no usable profile of that model (header, size and colour space are
// checked): they are treated as sRGB.
bool IsEffectivelySrgb(ByteSpan icc_profile, ColorModel model);

// Converts to sRGB (relative colorimetric with black point compensation) in place or to a new kRgb
// picture. REQUIRES kRgb, kGray or kCmyk with chroma {1, 1} matching the profile's space. A profile
// that fails to build a transform converts as if there were none.
Expected<PlanarImage> SrgbFromProfile(PlanarImage picture, ByteSpan icc_profile);

}  // namespace thimble
