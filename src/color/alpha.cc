#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "color/color.h"
#include "color/sample_math.h"

namespace thimble {
namespace {

void LayRowOnWhite(std::span<std::uint8_t> samples, std::span<const std::uint8_t> alpha) {
  for (std::size_t i = 0; i < samples.size(); ++i) {
    samples[i] =
        static_cast<std::uint8_t>(ProductOfSamples(samples[i], alpha[i]) + Inverted(alpha[i]));
  }
}

constexpr int kBlock = 16;  // pixels a side; what WebP codes at a time

struct Block {
  int left;
  int top;
  int right;
  int bottom;
};

// The mean of what is visible in a part of a plane, each sample as far as it is.
std::optional<std::uint8_t> VisibleMean(const Plane& plane, const Plane& alpha,
                                        const Block& block) {
  std::int64_t sum = 0;
  std::int64_t weight = 0;
  for (int y = block.top; y < block.bottom; ++y) {
    const auto samples = plane.row(y);
    const auto weights = alpha.row(y);
    for (auto x = static_cast<std::size_t>(block.left); std::cmp_less(x, block.right); ++x) {
      sum += samples[x] * weights[x];
      weight += weights[x];
    }
  }
  if (weight == 0) return std::nullopt;
  return static_cast<std::uint8_t>((sum + weight / 2) / weight);
}

void FillBlock(std::uint8_t fill, const Plane& alpha, const Block& block, Plane& plane) {
  for (int y = block.top; y < block.bottom; ++y) {
    const auto samples = plane.mutable_row(y);
    const auto weights = alpha.row(y);
    for (auto x = static_cast<std::size_t>(block.left); std::cmp_less(x, block.right); ++x) {
      if (weights[x] == 0) samples[x] = fill;
    }
  }
}

// A block without anything visible goes on with the one before; nothing is cheaper to code.
void FillInBlocks(const Plane& alpha, int block_width, int block_height, Plane& plane) {
  const auto [width, height] = plane.size();
  std::optional<std::uint8_t> fill = VisibleMean(plane, alpha, {0, 0, width, height});
  if (!fill) return;
  for (int top = 0; top < height; top += block_height) {
    for (int left = 0; left < width; left += block_width) {
      const Block block = {left, top, std::min(left + block_width, width),
                           std::min(top + block_height, height)};
      if (const auto mean = VisibleMean(plane, alpha, block)) fill = mean;
      FillBlock(*fill, alpha, block, plane);
    }
  }
}

// As large as a chroma plane; 0 only where all of a sample's pixels are transparent.
Expected<Plane> AlphaOfChroma(const Plane& alpha, Size size, ChromaSubsampling chroma) {
  THIMBLE_TRY(Plane reduced, Plane::Create(size));
  for (int y = 0; y < alpha.height(); ++y) {
    const auto from = alpha.row(y);
    const auto to = reduced.mutable_row(y / chroma.vertical);
    for (std::size_t x = 0; x < from.size(); ++x) {
      std::uint8_t& most = to[x / static_cast<std::size_t>(chroma.horizontal)];
      most = std::max(most, from[x]);
    }
  }
  return reduced;
}

}  // namespace

void FillTransparent(const Plane& alpha, Plane& plane) {
  FillInBlocks(alpha, kBlock, kBlock, plane);
}

Status FillTransparent(PlanarImage& picture) {
  THIMBLE_CHECK(picture.has_alpha);
  const Plane& alpha = picture.planes.back();
  for (std::size_t i = 0; i + 1 < picture.planes.size(); ++i) {
    Plane& plane = picture.planes[i];
    if (plane.size() == alpha.size()) {
      FillTransparent(alpha, plane);
      continue;
    }
    const auto [factor_x, factor_y] = picture.chroma;
    THIMBLE_TRY(const Plane reduced, AlphaOfChroma(alpha, plane.size(), picture.chroma));
    FillInBlocks(reduced, kBlock / factor_x, kBlock / factor_y, plane);
  }
  return {};
}

void FlattenOnWhite(PlanarImage& picture) {
  THIMBLE_CHECK(picture.has_alpha);
  THIMBLE_CHECK(picture.model == ColorModel::kRgb || picture.model == ColorModel::kGray);
  const Plane alpha = std::move(picture.planes.back());
  picture.planes.pop_back();
  picture.has_alpha = false;
  for (Plane& plane : picture.planes) {
    for (int y = 0; y < plane.height(); ++y) LayRowOnWhite(plane.mutable_row(y), alpha.row(y));
  }
}

}  // namespace thimble
