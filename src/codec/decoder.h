// Decoding in explicit steps: OpenDecoder sniffs the magic number and reads the header
// (SourceInfo); Start chooses the decode scale; Decode pushes the picture's planes, top down, band
// by band, into a sink.
//
// A decoder delivers the planes its format stores (see ColorModel): no colour conversion, no chroma
// upsampling. Only WebP, PNG up to a limit, and the coefficients of JPEGs that src/jpeg does not
// read are ever held whole; otherwise memory grows with the width.
//
// Thread-safety: none; one decoder serves one job. Ownership: the source bytes must outlive the
// decoder. Errors: kUnsupportedFormat (magic), kCorruptImage (also truncated pictures),
// kTooManyScans, kImageTooCostly (no memory). Never kInternal, whatever the bytes.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "image/decode_scale.h"
#include "image/limits.h"
#include "image/plane.h"
#include "image/source_info.h"

namespace thimble {

// The geometry of one decoded plane. Sample i of a row covers source pixels [i * pitch_x, (i + 1) *
// pitch_x): 1 for a full-size plane, 2 for chroma of 4:2:0 at full decode, 8/M for luma at decode
// scale M/8.
struct PlaneLayout {
  Size size;           // samples
  double pitch_x = 1;  // full-size source pixels a sample
  double pitch_y = 1;
  // Each sample is the mean over its pitch, which blurs: a JPEG decoded at an eighth.
  bool holds_means = false;
};

class BandSink {
 public:
  virtual ~BandSink() = default;
  // The next rows of every plane, in plane order (alpha last); a plane's rows follow those of the
  // band before, and a band may bring a plane none. The views die with the call. Returns false when
  // no further rows are wanted.
  virtual bool AcceptBand(std::span<const PlaneView> band) = 0;
};

// What each 16-bit sample of a channel becomes: 65,536 of 8 bits.
using DepthCurve = std::vector<std::uint8_t>;

struct ScaledSink {
  DecodeScale scale;
  BandSink* sink = nullptr;
};

class Decoder {
 public:
  virtual ~Decoder() = default;
  virtual const SourceInfo& info() const = 0;
  // Before Start, for a picture that is_deep: how the samples of its colour channels become 8 bits.
  // Otherwise they are rounded, as alpha always is.
  virtual void ReduceDepthBy(std::vector<DepthCurve> /*curves*/) {}
  // Whether the picture holds stripes, dots or the like that a scaled decode would turn into moiré.
  // It is a property of the original alone. To be called before Decode, and only where a scaled
  // decode is planned, because a part of the source has to be read for it.
  virtual bool HoldsFinePattern() const { return false; }
  // Before Decode, which uses the scale of the last call. Formats without scaled decoding take only
  // 8/8 (THIMBLE_CHECK), and only one call.
  virtual Expected<std::vector<PlaneLayout>> Start(DecodeScale scale) = 0;
  // Once. Also succeeds when the sink wanted no more.
  virtual Status Decode(BandSink& sink) = 0;
  // Instead of Decode: several scales from one pass over the source. Start has given the layout of
  // each. Each sink gets what it would get alone. Gives false where the picture does not allow
  // that, for example because it is damaged: then the sinks' rows are to be thrown away and each
  // scale is decoded by itself, as if this had not been called.
  virtual bool DecodeTogether(std::span<const ScaledSink> /*outputs*/) { return false; }
};

Expected<std::unique_ptr<Decoder>> OpenDecoder(ByteSpan source, const PictureLimits& limits);

}  // namespace thimble
