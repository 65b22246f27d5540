// Receives a decoder's bands and resamples each plane into the small picture that the plan
// describes.
//
// Planes under an alpha plane are resampled together with it (resample/alpha_resampler.h). Chroma
// that is stored at a lower resolution than alpha has an averaged alpha of its own, so that both
// sides of the division are filtered alike. Where nothing is resampled, but every sample copied,
// that is left out: the colours keep their values even under full transparency.
//
// Thread-safety: none. Errors: kImageTooCostly without memory; kCorruptImage when rows are missing
// at the end.
#pragma once

#include <span>
#include <vector>

#include "codec/decoder.h"
#include "engine/geometry.h"
#include "plan/plan.h"
#include "resample/alpha_resampler.h"
#include "resample/resampler.h"

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
  // Colour planes of one geometry and the alpha plane above them.
  struct UnderAlpha {
    AlphaResampler resampler;
    std::size_t first_plane = 0;
    std::size_t planes = 0;
  };

  ResampleSink(const Plan& plan, const SourceInfo& info);
  Status CreateForPlanes(std::span<const PlaneMap> maps);
  Status CreateUnderAlpha(std::span<const PlaneMap> maps, std::span<const PlaneLayout> layouts);
  Status AddUnderAlpha(const PlaneMap& map, std::size_t first_plane, std::size_t planes);

  void PushUnderAlpha(std::span<const PlaneView> band);
  void PushChroma(std::span<const PlaneView> band);

  PlanarImage picture_;
  // Either one for each plane, ...
  std::vector<PlaneResampler> resamplers_;
  // ... or one for the planes of alpha's own size, and another one for reduced chroma.
  std::vector<UnderAlpha> under_alpha_;
  Plane averaged_alpha_;  // of the latter; scratch: a few rows
  Plane chroma_alpha_;    // what becomes of it
};

}  // namespace thimble
