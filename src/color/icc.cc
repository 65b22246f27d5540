#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <optional>
#include <utility>
#include <vector>

#include "color/color.h"
#include "color/icc_session.h"
#include "color/icc_structure.h"
#include "color/matrix_shaper.h"

namespace thimble {
namespace {

// A small grid of colours, laid out as planar rows.
constexpr std::array<std::uint8_t, 5> kGridLevels = {0, 16, 64, 160, 255};
constexpr std::size_t kGridColors = kGridLevels.size() * kGridLevels.size() * kGridLevels.size();
using ColorGrid = std::array<std::uint8_t, 3 * kGridColors>;

constexpr ColorGrid MakeGrid() {
  ColorGrid grid{};
  for (std::size_t i = 0; i < kGridColors; ++i) {
    grid[i] = kGridLevels[i / 25];
    grid[kGridColors + i] = kGridLevels[i / 5 % 5];
    grid[2 * kGridColors + i] = kGridLevels[i % 5];
  }
  return grid;
}

bool AreNearlyEqual(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b) {
  constexpr int kTolerance = 2;
  return std::ranges::equal(
      a, b, [](std::uint8_t x, std::uint8_t y) { return std::abs(x - y) <= kTolerance; });
}

bool IsRgbEffectivelySrgb(const IccSession& session) {
  constexpr ColorGrid kGrid = MakeGrid();
  ColorGrid converted = kGrid;
  if (const std::optional<MatrixShaperProfile> matrix_shaper = session.ReadMatrixShaper()) {
    const std::span<std::uint8_t> rows = converted;
    MatrixShaper(*matrix_shaper)
        .ConvertRow(rows.first(kGridColors), rows.subspan(kGridColors, kGridColors),
                    rows.last(kGridColors));
  } else {
    const std::optional<SrgbTransform> transform =
        session.TransformToSrgb(ColorModel::kRgb, Precision::kEveryColor);
    if (!transform) return true;
    transform->Convert(kGrid, converted, kGridColors);
  }
  return AreNearlyEqual(kGrid, converted);
}

using GrayTable = std::array<std::uint8_t, 256>;

constexpr GrayTable IdentityTable() {
  GrayTable table{};
  for (std::size_t i = 0; i < table.size(); ++i) table[i] = static_cast<std::uint8_t>(i);
  return table;
}

// Planar R, G and B of every gray, which the profile calls R = G = B.
bool ConvertGraysOfRgb(const IccSession& session, std::span<std::uint8_t> rgb) {
  const std::size_t grays = rgb.size() / 3;
  if (const std::optional<MatrixShaperProfile> matrix_shaper = session.ReadMatrixShaper()) {
    MatrixShaper(*matrix_shaper)
        .ConvertRow(rgb.first(grays), rgb.subspan(grays, grays), rgb.last(grays));
    return true;
  }
  const std::optional<SrgbTransform> transform =
      session.TransformToSrgb(ColorModel::kRgb, Precision::kEveryColor);
  if (!transform) return false;
  const std::vector<std::uint8_t> device(rgb.begin(), rgb.end());
  transform->Convert(device, rgb, grays);
  return true;
}

// sRGB's gray of every gray of the profile.
std::optional<GrayTable> ReadGrayTable(ByteSpan profile, const IccSession& session) {
  constexpr GrayTable kGrays = IdentityTable();
  std::array<std::uint8_t, 3 * kGrays.size()> rgb{};
  if (IsProfileOfRgb(profile)) {
    for (std::size_t i = 0; i < rgb.size(); ++i) rgb[i] = kGrays[i % kGrays.size()];
    if (!ConvertGraysOfRgb(session, rgb)) return std::nullopt;
  } else {
    const std::optional<SrgbTransform> transform =
        session.TransformToSrgb(ColorModel::kGray, Precision::kEveryColor);
    if (!transform) return std::nullopt;
    transform->Convert(kGrays, rgb, kGrays.size());
  }
  GrayTable table{};
  std::copy_n(rgb.begin() + kGrays.size(), table.size(), table.begin());  // green's plane
  return table;
}

void ApplyTable(const GrayTable& table, Plane& plane) {
  for (int y = 0; y < plane.height(); ++y) {
    for (std::uint8_t& sample : plane.mutable_row(y)) sample = table[sample];
  }
}

void ConvertByMatrixShaper(const MatrixShaperProfile& profile, PlanarImage& picture) {
  const MatrixShaper matrix_shaper(profile);
  for (int y = 0; y < picture.size.height; ++y) {
    matrix_shaper.ConvertRow(picture.planes[0].mutable_row(y), picture.planes[1].mutable_row(y),
                             picture.planes[2].mutable_row(y));
  }
}

// In place: the first three planes become R, G and B.
Status ConvertByTransform(const SrgbTransform& transform, PlanarImage& picture) {
  const std::size_t channels = ColorPlaneCount(picture.model);
  const auto width = static_cast<std::size_t>(picture.size.width);
  const Size row_size = {static_cast<int>(channels * width), 1};
  THIMBLE_TRY(Plane device, Plane::Create(row_size));
  THIMBLE_TRY(Plane rgb, Plane::Create(row_size));
  for (int y = 0; y < picture.size.height; ++y) {
    for (std::size_t i = 0; i < channels; ++i) {
      const std::span<std::uint8_t> part = device.mutable_row(0).subspan(i * width, width);
      std::ranges::copy(picture.planes[i].row(y), part.begin());
    }
    transform.Convert(device.row(0), rgb.mutable_row(0), width);
    for (std::size_t i = 0; i < 3; ++i) {
      const std::span<const std::uint8_t> part = rgb.row(0).subspan(i * width, width);
      std::ranges::copy(part, picture.planes[i].mutable_row(y).begin());
    }
  }
  return {};
}

// A grid of colours pays off only for pictures with more pixels than it has nodes: 33^3 and 17^4.
Precision PrecisionFor(const PlanarImage& picture) {
  const std::int64_t nodes = picture.model == ColorModel::kCmyk ? 83'521 : 35'937;
  return picture.size.area() > nodes ? Precision::kGrid : Precision::kEveryColor;
}

Expected<PlanarImage> WithoutProfile(PlanarImage picture) {
  if (picture.model == ColorModel::kCmyk) return RgbFrom(std::move(picture));
  return picture;
}

Expected<PlanarImage> SrgbFromGray(PlanarImage picture, ByteSpan profile,
                                   const IccSession& session) {
  if (const std::optional<GrayTable> table = ReadGrayTable(profile, session)) {
    ApplyTable(*table, picture.planes[0]);
  }
  return picture;
}

Expected<PlanarImage> SrgbFromRgb(PlanarImage picture, const IccSession& session) {
  if (const std::optional<MatrixShaperProfile> matrix_shaper = session.ReadMatrixShaper()) {
    ConvertByMatrixShaper(*matrix_shaper, picture);
    return picture;
  }
  const std::optional<SrgbTransform> transform =
      session.TransformToSrgb(ColorModel::kRgb, PrecisionFor(picture));
  if (!transform) return WithoutProfile(std::move(picture));
  if (Status status = ConvertByTransform(*transform, picture); !status) return Forward(status);
  return picture;
}

Expected<PlanarImage> SrgbFromCmyk(PlanarImage picture, const IccSession& session) {
  const std::optional<SrgbTransform> transform =
      session.TransformToSrgb(ColorModel::kCmyk, PrecisionFor(picture));
  if (!transform) return WithoutProfile(std::move(picture));
  if (Status status = ConvertByTransform(*transform, picture); !status) return Forward(status);
  constexpr std::ptrdiff_t kBlack = 3;
  picture.planes.erase(picture.planes.begin() + kBlack);
  picture.model = ColorModel::kRgb;
  return picture;
}

}  // namespace

bool IsEffectivelySrgb(ByteSpan icc_profile, ColorModel model) {
  const ByteSpan profile = UsableIccProfile(icc_profile, model);
  if (profile.empty()) return true;
  const IccSession session(profile);
  switch (model) {
    case ColorModel::kGray: {
      const std::optional<GrayTable> table = ReadGrayTable(profile, session);
      return !table || AreNearlyEqual(*table, IdentityTable());
    }
    case ColorModel::kYCbCr:
    case ColorModel::kYCbCrLimited:
    case ColorModel::kRgb: return IsRgbEffectivelySrgb(session);
    case ColorModel::kCmyk:
    case ColorModel::kYcck:
      return !session.TransformToSrgb(ColorModel::kCmyk, Precision::kEveryColor);
  }
  return true;
}

Expected<PlanarImage> SrgbFromProfile(PlanarImage picture, ByteSpan icc_profile) {
  THIMBLE_CHECK(picture.chroma == ChromaSubsampling{});
  const ByteSpan profile = UsableIccProfile(icc_profile, picture.model);
  if (profile.empty()) return WithoutProfile(std::move(picture));
  const IccSession session(profile);
  switch (picture.model) {
    case ColorModel::kGray: return SrgbFromGray(std::move(picture), profile, session);
    case ColorModel::kRgb: return SrgbFromRgb(std::move(picture), session);
    case ColorModel::kCmyk: return SrgbFromCmyk(std::move(picture), session);
    case ColorModel::kYCbCr:
    case ColorModel::kYCbCrLimited:
    case ColorModel::kYcck: break;
  }
  return Fail(ErrorCode::kInternal, "profiles do not speak of this colour model");
}

}  // namespace thimble
