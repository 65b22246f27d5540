// Inside codec/ only: from decoded rows of whole blocks to the bands that a sink receives.
//
// Thread-safety: none. Ownership: BandCutter borrows its sink.
#pragma once

#include <span>
#include <utility>
#include <vector>

#include "base/error.h"
#include "codec/decoder.h"
#include "image/plane.h"
#include "jpeg/mcu_rows.h"

namespace thimble {

// Cuts what was decoded in whole blocks down to the picture, for one component.
class ComponentRows {
 public:
  ComponentRows(Size size, bool inverted)
      : width_(size.width), rows_left_(size.height), inverted_(inverted) {}

  // The rows of `decoded`, the next ones, that belong to the picture: the last may be short.
  PlaneView Take(Plane& decoded);

 private:
  int width_;
  int rows_left_;
  bool inverted_;
};

// Hands the decoded rows on. Rows may be decoded a second time, from the top: those that were
// handed on already are held back.
class BandCutter final : public McuRowSink {
 public:
  BandCutter(std::vector<ComponentRows> components, BandSink& sink)
      : components_(std::move(components)), from_top_(components_), sink_(sink) {}

  bool AcceptMcuRow(std::span<Plane> planes) override;
  void BeginAgain();

 private:
  std::vector<ComponentRows> components_;
  std::vector<ComponentRows> from_top_;
  BandSink& sink_;
  int bands_ = 0;
  int held_back_ = 0;
};

}  // namespace thimble
