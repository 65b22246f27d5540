#include "engine/resample_sink.h"

#include <algorithm>
#include <array>
#include <utility>

#include "color/color.h"

namespace thimble {
namespace {

constexpr int kScratchRows = 16;
constexpr std::size_t kMostPlanes = 4;  // under alpha, with it

bool IsChroma(ColorModel model, std::size_t plane) {
  return (model == ColorModel::kYCbCr || model == ColorModel::kYCbCrLimited) &&
         (plane == 1 || plane == 2);
}

PlaneView Rows(PlaneView plane, int first, int count) {
  return {plane.data + first * plane.stride, plane.width, count, plane.stride};
}

bool CopiesPlane(const PlaneMap& map) {
  return CopiesSamples(map.horizontal) && CopiesSamples(map.vertical);
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

Expected<ResampleSink> ResampleSink::Create(const Plan& plan, const SourceInfo& info,
                                            std::span<const PlaneLayout> layouts) {
  ResampleSink sink(plan, info);
  std::vector<PlaneMap> maps;
  for (std::size_t i = 0; i < layouts.size(); ++i) {
    const ChromaSubsampling subsampling =
        IsChroma(info.model, i) ? sink.picture_.chroma : ChromaSubsampling{};
    maps.push_back(MapPlane(plan, layouts[i], subsampling));
    const PlaneMap& map = maps.back();
    THIMBLE_TRY(Plane plane, Plane::Create({map.horizontal.out_size, map.vertical.out_size}));
    sink.picture_.planes.push_back(std::move(plane));
  }
  const bool resamples_alpha = info.has_alpha && !std::ranges::all_of(maps, CopiesPlane);
  if (Status created =
          resamples_alpha ? sink.CreateUnderAlpha(maps, layouts) : sink.CreateForPlanes(maps);
      !created) {
    return Forward(created);
  }
  return sink;
}

Status ResampleSink::CreateForPlanes(std::span<const PlaneMap> maps) {
  for (const PlaneMap& map : maps) {
    THIMBLE_TRY(PlaneResampler resampler, PlaneResampler::Create(map.horizontal, map.vertical));
    resamplers_.push_back(std::move(resampler));
  }
  return {};
}

Status ResampleSink::CreateUnderAlpha(std::span<const PlaneMap> maps,
                                      std::span<const PlaneLayout> layouts) {
  const std::size_t colors = maps.size() - 1;
  const bool has_chroma = IsChroma(picture_.model, 1);
  const std::size_t chroma = has_chroma ? 2 : 0;
  if (Status added = AddUnderAlpha(maps[0], 0, colors - chroma); !added) return added;
  if (!has_chroma) return {};
  THIMBLE_TRY(averaged_alpha_, Plane::Create({layouts[1].size.width, kScratchRows}));
  THIMBLE_TRY(chroma_alpha_, Plane::Create(picture_.planes[1].size()));
  return AddUnderAlpha(maps[1], 1, chroma);
}

Status ResampleSink::AddUnderAlpha(const PlaneMap& map, std::size_t first_plane,
                                   std::size_t planes) {
  std::vector<std::uint8_t> neutral;
  for (std::size_t i = 0; i < planes; ++i) {
    neutral.push_back(NeutralSample(picture_.model, first_plane + i));
  }
  THIMBLE_TRY(AlphaResampler resampler,
              AlphaResampler::Create(map.horizontal, map.vertical, neutral));
  under_alpha_.push_back({std::move(resampler), first_plane, planes});
  return {};
}

bool ResampleSink::AcceptBand(std::span<const PlaneView> band) {
  for (std::size_t i = 0; i < resamplers_.size(); ++i) {
    resamplers_[i].Push(band[i], picture_.planes[i].mutable_view());
  }
  if (!under_alpha_.empty()) PushUnderAlpha(band);
  return !done();
}

void ResampleSink::PushUnderAlpha(std::span<const PlaneView> band) {
  UnderAlpha& full_size = under_alpha_.front();
  std::array<MutablePlaneView, kMostPlanes> out;
  for (std::size_t i = 0; i < full_size.planes; ++i) out[i] = picture_.planes[i].mutable_view();
  out[full_size.planes] = picture_.planes.back().mutable_view();
  full_size.resampler.Push(band.first(full_size.planes), band.back(),
                           {out.data(), full_size.planes + 1});
  if (under_alpha_.size() > 1) PushChroma(band);
}

void ResampleSink::PushChroma(std::span<const PlaneView> band) {
  UnderAlpha& chroma = under_alpha_.back();
  const std::array<MutablePlaneView, 3> out = {picture_.planes[1].mutable_view(),
                                               picture_.planes[2].mutable_view(),
                                               chroma_alpha_.mutable_view()};
  const int rows = band[1].height;
  for (int first = 0; first < rows; first += kScratchRows) {
    const int count = std::min(kScratchRows, rows - first);
    for (int y = 0; y < count; ++y) {
      AverageAlphaRow(band.back(), first + y, averaged_alpha_.mutable_row(y));
    }
    const std::array<PlaneView, 2> colors = {Rows(band[1], first, count),
                                             Rows(band[2], first, count)};
    chroma.resampler.Push(colors, Rows(averaged_alpha_.view(), 0, count), out);
  }
}

bool ResampleSink::done() const {
  return std::ranges::all_of(resamplers_, &PlaneResampler::done) &&
         std::ranges::all_of(under_alpha_,
                             [](const UnderAlpha& planes) { return planes.resampler.done(); });
}

Expected<PlanarImage> ResampleSink::TakePicture() && {
  if (!done()) return Fail(ErrorCode::kCorruptImage, "fewer rows than the header promises");
  // An edge of chroma's own alpha can lie a little further inside than that of the alpha plane.
  if (under_alpha_.size() > 1) {
    for (const std::size_t i : {1U, 2U}) FillTransparent(chroma_alpha_, picture_.planes[i]);
  }
  return std::move(picture_);
}

}  // namespace thimble
