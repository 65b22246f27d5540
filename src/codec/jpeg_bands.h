// Inside codec/ only: from decoded rows of whole blocks to the bands that a sink receives.
//
// Thread-safety: none. Ownership: BandCutter borrows its sink. Errors: kImageTooCostly without
// memory.
#pragma once

#include <cstdio>  // jpeglib.h needs it before itself
#include <span>
#include <utility>
#include <vector>

#include <jpeglib.h>

#include "base/error.h"
#include "codec/decoder.h"
#include "image/plane.h"
#include "jpeg/baseline_scan.h"

namespace thimble {

// Samples a side that a DCT block becomes at the chosen scale; it differs between components,
// because libjpeg scales reduced chroma less while that makes it as large as luma.
int ScaledBlockSide(const jpeg_component_info& component);

// Cuts what was decoded in whole blocks down to the picture, for one component.
class ComponentRows {
 public:
  ComponentRows(const jpeg_component_info& component, bool inverted)
      : width_(static_cast<int>(component.downsampled_width)),
        rows_left_(static_cast<int>(component.downsampled_height)),
        inverted_(inverted) {}

  // The rows of `decoded`, the next ones, that belong to the picture: the last may be short.
  PlaneView Take(Plane& decoded);

 private:
  int width_;
  int rows_left_;
  bool inverted_;
};

// The rows of one component that libjpeg decodes at a time (an iMCU row), used again for each band.
class ComponentBand {
 public:
  static Expected<ComponentBand> Create(const jpeg_component_info& component);

  Plane& samples() { return samples_; }
  JSAMPARRAY rows() { return rows_.data(); }

 private:
  explicit ComponentBand(Plane samples);

  Plane samples_;
  std::vector<JSAMPROW> rows_;
};

// Hands the decoded rows on. Rows may be decoded a second time, from the top: those that were
// handed on already are held back.
class BandCutter final : public McuRowSink {
 public:
  BandCutter(std::vector<ComponentRows> components, BandSink& sink)
      : components_(std::move(components)), from_top_(components_), sink_(sink) {}

  bool AcceptMcuRow(std::span<Plane> planes) override;
  bool AcceptBand(std::vector<ComponentBand>& bands);
  void BeginAgain();

 private:
  bool Push(std::span<const PlaneView> band);

  std::vector<ComponentRows> components_;
  std::vector<ComponentRows> from_top_;
  BandSink& sink_;
  int bands_ = 0;
  int held_back_ = 0;
};

}  // namespace thimble
