// Receives a decoder's bands and resamples each plane into the small picture that the plan
// describes.
//
// Planes under an alpha plane are premultiplied before and unpremultiplied after resampling, so
// that what is hidden under transparency cannot bleed into edges. Where chroma is stored at a lower
// resolution than alpha, an averaged alpha is resampled beside it, so that both sides of the
// division were filtered alike.
//
// Thread-safety: none. Errors: kImageTooCostly without memory; kCorruptImage when rows are missing
// at the end.
#pragma once

#include <span>
#include <vector>

#include "codec/decoder.h"
#include "resample/resampler.h"
#include "transform/plan.h"

namespace thimble {

class ResampleSink : public BandSink {
 public:
  static Expected<ResampleSink> Create(const Plan& plan, const SourceInfo& info,
                                       std::span<const PlaneLayout> layouts);

  bool AcceptBand(std::span<const PlaneView> band) override;
  // All rows it needs have come.
  bool done() const;

  // The picture in stored orientation and the source's colour model, with straight alpha.
  Expected<PlanarImage> TakePicture() &&;

 private:
  struct Lane {
    PlaneResampler resampler;
    Plane out;

    void Push(PlaneView rows) { resampler.Push(rows, out.mutable_view()); }
  };

  ResampleSink(const Plan& plan, const SourceInfo& info);
  static Expected<Lane> CreateLane(const Plan& plan, const PlaneLayout& layout,
                                   ChromaSubsampling subsampling);
  Status CreateAlphaHelpers(const Plan& plan, std::span<const PlaneLayout> layouts);

  bool IsReducedChroma(std::size_t plane) const;
  void PushWithAlpha(std::span<const PlaneView> band);
  void PushReducedChroma(std::span<const PlaneView> band);
  void PushPremultiplied(std::size_t plane, PlaneView rows, PlaneView alpha);
  void Unpremultiply();

  PlanarImage picture_;  // without its planes until TakePicture
  bool reduced_chroma_ = false;
  std::vector<Lane> lanes_;         // colour planes, then alpha
  std::vector<Lane> chroma_alpha_;  // one lane when alpha meets reduced chroma, else none
  Plane premultiplied_;             // scratch: a few rows
  Plane averaged_alpha_;            // scratch: a few rows
};

}  // namespace thimble
