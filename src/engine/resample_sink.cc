#include "engine/resample_sink.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "color/color.h"
#include "engine/geometry.h"

namespace thimble {
namespace {

constexpr int kScratchRows = 16;

bool IsChroma(ColorModel model, std::size_t plane) {
  return (model == ColorModel::kYCbCr || model == ColorModel::kYCbCrLimited) &&
         (plane == 1 || plane == 2);
}

PlaneView Rows(PlaneView plane, int first, int count) {
  return {plane.data + first * plane.stride, plane.width, count, plane.stride};
}

// What a fully transparent sample becomes: black in each model.
std::uint8_t NeutralSample(ColorModel model, std::size_t plane) {
  if (IsChroma(model, plane)) return 128;
  return model == ColorModel::kYCbCrLimited ? 16 : 0;
}

// The mean of the alpha samples that one chroma sample of 4:2:0 covers; the picture's edge may
// leave fewer than four.
void AverageAlphaRow(PlaneView alpha, int chroma_y, std::span<std::uint8_t> out) {
  const auto upper = alpha.row(std::min(2 * chroma_y, alpha.height - 1));
  const auto lower = alpha.row(std::min(2 * chroma_y + 1, alpha.height - 1));
  const std::size_t last = upper.size() - 1;
  for (std::size_t x = 0; x < out.size(); ++x) {
    const std::size_t left = std::min(2 * x, last);
    const std::size_t right = std::min(2 * x + 1, last);
    out[x] = static_cast<std::uint8_t>(
        (upper[left] + upper[right] + lower[left] + lower[right] + 2) / 4);
  }
}

}  // namespace

ResampleSink::ResampleSink(const Plan& plan, const SourceInfo& info) {
  picture_.size = plan.result;
  picture_.model = info.model;
  picture_.has_alpha = info.has_alpha;
  picture_.chroma = ResampledChroma(plan);
}

Expected<ResampleSink::Lane> ResampleSink::CreateLane(const Plan& plan, const PlaneLayout& layout,
                                                      ChromaSubsampling subsampling) {
  const PlaneMap map = MapPlane(plan, layout, subsampling);
  THIMBLE_TRY(PlaneResampler resampler, PlaneResampler::Create(map.horizontal, map.vertical));
  THIMBLE_TRY(Plane out, Plane::Create({map.horizontal.out_size, map.vertical.out_size}));
  return Lane{std::move(resampler), std::move(out)};
}

Expected<ResampleSink> ResampleSink::Create(const Plan& plan, const SourceInfo& info,
                                            std::span<const PlaneLayout> layouts) {
  ResampleSink sink(plan, info);
  for (std::size_t i = 0; i < layouts.size(); ++i) {
    const ChromaSubsampling subsampling =
        IsChroma(info.model, i) ? sink.picture_.chroma : ChromaSubsampling{};
    THIMBLE_TRY(Lane lane, CreateLane(plan, layouts[i], subsampling));
    sink.lanes_.push_back(std::move(lane));
  }
  if (info.has_alpha) {
    if (Status made = sink.CreateAlphaHelpers(plan, layouts); !made) return Forward(made);
  }
  return sink;
}

Status ResampleSink::CreateAlphaHelpers(const Plan& plan, std::span<const PlaneLayout> layouts) {
  THIMBLE_TRY(premultiplied_, Plane::Create({layouts[0].size.width, kScratchRows}));
  reduced_chroma_ = IsChroma(picture_.model, 1) && layouts[1].size != layouts.back().size;
  if (!reduced_chroma_) return {};
  THIMBLE_TRY(averaged_alpha_, Plane::Create({layouts[1].size.width, kScratchRows}));
  THIMBLE_TRY(Lane lane, CreateLane(plan, layouts[1], picture_.chroma));
  chroma_alpha_.push_back(std::move(lane));
  return {};
}

bool ResampleSink::IsReducedChroma(std::size_t plane) const {
  return reduced_chroma_ && IsChroma(picture_.model, plane);
}

bool ResampleSink::AcceptBand(std::span<const PlaneView> band) {
  if (picture_.has_alpha) {
    PushWithAlpha(band);
  } else {
    for (std::size_t i = 0; i < lanes_.size(); ++i) lanes_[i].Push(band[i]);
  }
  return !done();
}

void ResampleSink::PushWithAlpha(std::span<const PlaneView> band) {
  const PlaneView alpha = band.back();
  lanes_.back().Push(alpha);
  for (std::size_t i = 0; i + 1 < lanes_.size(); ++i) {
    if (!IsReducedChroma(i)) PushPremultiplied(i, band[i], alpha);
  }
  if (reduced_chroma_) PushReducedChroma(band);
}

void ResampleSink::PushReducedChroma(std::span<const PlaneView> band) {
  const int rows = band[1].height;
  for (int first = 0; first < rows; first += kScratchRows) {
    const int count = std::min(kScratchRows, rows - first);
    for (int y = 0; y < count; ++y)
      AverageAlphaRow(band.back(), first + y, averaged_alpha_.mutable_row(y));
    const PlaneView averaged = Rows(averaged_alpha_.view(), 0, count);
    chroma_alpha_[0].Push(averaged);
    PushPremultiplied(1, Rows(band[1], first, count), averaged);
    PushPremultiplied(2, Rows(band[2], first, count), averaged);
  }
}

void ResampleSink::PushPremultiplied(std::size_t plane, PlaneView rows, PlaneView alpha) {
  for (int first = 0; first < rows.height; first += kScratchRows) {
    const int count = std::min(kScratchRows, rows.height - first);
    for (int y = 0; y < count; ++y) {
      const auto samples = rows.row(first + y);
      const auto scratch = premultiplied_.mutable_row(y).first(samples.size());
      std::copy(samples.begin(), samples.end(), scratch.begin());
      PremultiplyRow(scratch, alpha.row(first + y));
    }
    const PlaneView scratch = premultiplied_.view();
    lanes_[plane].Push({scratch.data, rows.width, count, scratch.stride});
  }
}

void ResampleSink::Unpremultiply() {
  const Plane& alpha = lanes_.back().out;
  for (std::size_t i = 0; i + 1 < lanes_.size(); ++i) {
    const Plane& divisor = IsReducedChroma(i) ? chroma_alpha_[0].out : alpha;
    const std::uint8_t neutral = NeutralSample(picture_.model, i);
    Plane& plane = lanes_[i].out;
    for (int y = 0; y < plane.height(); ++y)
      UnpremultiplyRow(plane.mutable_row(y), divisor.row(y), neutral);
  }
}

bool ResampleSink::done() const {
  const auto done = [](const Lane& lane) { return lane.resampler.done(); };
  return std::all_of(lanes_.begin(), lanes_.end(), done) &&
         std::all_of(chroma_alpha_.begin(), chroma_alpha_.end(), done);
}

Expected<PlanarImage> ResampleSink::TakePicture() && {
  if (!done()) return Fail(ErrorCode::kCorruptImage, "fewer rows than the header promises");
  if (picture_.has_alpha) Unpremultiply();
  for (Lane& lane : lanes_) picture_.planes.push_back(std::move(lane.out));
  return std::move(picture_);
}

}  // namespace thimble
