// Colour arithmetic on planes. All of it runs on the small result.
//
// Matrices are BT.601 as JFIF 1.02 and libwebp use them. Thread-safety: pure functions.
// Errors: kImageTooCostly where there is no memory for a new plane.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "image/color_encoding.h"
#include "image/plane.h"

namespace thimble {

// kYCbCr <-> kYCbCrLimited, in place, with any chroma.
void ExpandToFullRange(PlanarImage& picture);     // from kYCbCrLimited
void ReduceToLimitedRange(PlanarImage& picture);  // from kYCbCr

// To kRgb. REQUIRES chroma {1, 1}. From any model; CMYK by the plain formula. Alpha is kept. In
// place where possible.
Expected<PlanarImage> RgbFrom(PlanarImage picture);

// kRgb -> kYCbCr with the wanted chroma (reduced by averaging). REQUIRES no alpha, and
// chroma factors of 1, 2 or 4.
Expected<PlanarImage> YCbCrFromRgb(const PlanarImage& picture, ChromaSubsampling chroma);
// kRgb -> kGray (BT.601 luma); for callers that know the picture is gray. Alpha is kept.
Expected<PlanarImage> GrayFromRgb(PlanarImage picture);

// Lays the picture (kRgb or kGray, with alpha) on white and drops its alpha plane.
void FlattenOnWhite(PlanarImage& picture);

// Gives what is fully transparent the colour of what is visible around it. A lossy coder would
// otherwise blur into each other what is seen and what is not. REQUIRES alpha; any model and
// chroma.
Status FillTransparent(PlanarImage& picture);
// The same for one plane with an alpha of its own size.
void FillTransparent(const Plane& alpha, Plane& plane);

// Is this profile sRGB as near as makes no difference (its primaries and tone curve, not its name)?
// True for bytes that are no usable profile of that model (header, size and colour space are
// checked): they are treated as sRGB. YCbCr counts as RGB and YCCK as CMYK, and gray pictures may
// have a profile of RGB. A real sRGB profile takes less than 0.1 ms.
bool IsEffectivelySrgb(ByteSpan icc_profile, ColorModel model);

// Converts to sRGB (relative colorimetric with black point compensation): kRgb and kGray stay what
// they are, kCmyk becomes kRgb. Alpha is kept. REQUIRES kRgb, kGray or kCmyk with chroma {1, 1}. A
// profile of another colour space, or one that fails to build a transform, converts as if there
// were none.
Expected<PlanarImage> SrgbFromProfile(PlanarImage picture, ByteSpan icc_profile);

// A profile that says the same, for pictures of kGray or kRgb. Empty where no colours are like
// that.
std::vector<std::uint8_t> IccProfileOf(const ColorEncoding& encoding, ColorModel model);

struct DepthReduction {
  // Of each colour channel: the 8-bit sample, coded by sRGB's curve, of each 16-bit one.
  std::vector<std::vector<std::uint8_t>> curves;
  std::vector<std::uint8_t> icc_profile;  // what is left to be converted; empty: nothing
};

// How 16-bit samples of kGray or kRgb become 8-bit ones that keep all the shadows the profile's
// curves tell apart. Nothing for a profile that does not consist of curves and a matrix: then
// samples are rounded.
std::optional<DepthReduction> ReduceDepth(ByteSpan icc_profile, ColorModel model);

}  // namespace thimble
