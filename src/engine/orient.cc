#include "engine/orient.h"

#include <algorithm>
#include <utility>

namespace thimble {
namespace {

constexpr int kTile = 16;  // samples a side: source and target tile stay in the first-level cache

void MirrorRows(MutablePlaneView plane) {
  for (int y = 0; y < plane.height; ++y) {
    const auto row = plane.row(y);
    std::reverse(row.begin(), row.end());
  }
}

void MirrorColumns(MutablePlaneView plane) {
  for (int y = 0; y < plane.height / 2; ++y) {
    const auto upper = plane.row(y);
    std::swap_ranges(upper.begin(), upper.end(), plane.row(plane.height - 1 - y).begin());
  }
}

void TransposeTile(PlaneView in, MutablePlaneView out, int left, int top) {
  const int right = std::min(left + kTile, in.width);
  const int bottom = std::min(top + kTile, in.height);
  for (int y = top; y < bottom; ++y) {
    const auto row = in.row(y);
    for (int x = left; x < right; ++x)
      out.row(x)[static_cast<std::size_t>(y)] = row[static_cast<std::size_t>(x)];
  }
}

Expected<Plane> Transposed(const Plane& plane) {
  THIMBLE_TRY(Plane out, Plane::Create(plane.size().transposed()));
  for (int top = 0; top < plane.height(); top += kTile) {
    for (int left = 0; left < plane.width(); left += kTile) {
      TransposeTile(plane.view(), out.mutable_view(), left, top);
    }
  }
  return out;
}

// Every orientation is an optional transposition followed by optional mirrorings.
struct Steps {
  bool transpose;
  bool mirror_rows;
  bool mirror_columns;
};

Steps StepsFor(Orientation orientation) {
  switch (orientation) {
    case Orientation::kUpright: return {false, false, false};
    case Orientation::kMirrorHorizontal: return {false, true, false};
    case Orientation::kRotate180: return {false, true, true};
    case Orientation::kMirrorVertical: return {false, false, true};
    case Orientation::kTranspose: return {true, false, false};
    case Orientation::kRotate90: return {true, true, false};
    case Orientation::kTransverse: return {true, true, true};
    case Orientation::kRotate270: return {true, false, true};
  }
  return {false, false, false};
}

}  // namespace

Expected<PlanarImage> TurnUpright(PlanarImage picture, Orientation orientation) {
  const Steps steps = StepsFor(orientation);
  for (Plane& plane : picture.planes) {
    if (steps.transpose) {
      THIMBLE_TRY(plane, Transposed(plane));
    }
    if (steps.mirror_rows) MirrorRows(plane.mutable_view());
    if (steps.mirror_columns) MirrorColumns(plane.mutable_view());
  }
  if (steps.transpose) {
    picture.size = picture.size.transposed();
    std::swap(picture.chroma.horizontal, picture.chroma.vertical);
  }
  return picture;
}

}  // namespace thimble
