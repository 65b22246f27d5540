// One plane of 8-bit samples: an owner (Plane) and borrowed views. Also a picture made of planes
// (PlanarImage).
//
// Rows are `stride` bytes apart; an owner's rows start on 64-byte boundaries so that SIMD loads are
// aligned. Thread-safety: none. Ownership: views borrow and never outlive their owner. Errors:
// Plane::Create fails with kImageTooCostly when there is no memory (workers run under a limit).
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <vector>

#include "base/c_ptr.h"
#include "base/error.h"
#include "image/color_model.h"
#include "image/size.h"

namespace thimble {

struct PlaneView {
  const std::uint8_t* data = nullptr;
  int width = 0;              // samples
  int height = 0;             // rows
  std::ptrdiff_t stride = 0;  // bytes from one row to the next

  std::span<const std::uint8_t> row(int y) const {
    return {data + y * stride, static_cast<std::size_t>(width)};
  }
};

struct MutablePlaneView {
  std::uint8_t* data = nullptr;
  int width = 0;
  int height = 0;
  std::ptrdiff_t stride = 0;

  std::span<std::uint8_t> row(int y) const {
    return {data + y * stride, static_cast<std::size_t>(width)};
  }
  // Whoever may write may read.
  operator PlaneView() const {  // NOLINT(google-explicit-constructor)
    return {data, width, height, stride};
  }
};

class Plane {
 public:
  Plane() = default;

  // Zero-filled, so that nothing of an earlier picture can show through.
  static Expected<Plane> Create(Size size);

  int width() const { return size_.width; }
  int height() const { return size_.height; }
  Size size() const { return size_; }
  std::ptrdiff_t stride() const { return stride_; }
  PlaneView view() const { return {samples_.get(), size_.width, size_.height, stride_}; }
  MutablePlaneView mutable_view() { return {samples_.get(), size_.width, size_.height, stride_}; }
  std::span<const std::uint8_t> row(int y) const { return view().row(y); }
  std::span<std::uint8_t> mutable_row(int y) { return mutable_view().row(y); }

 private:
  CPtr<std::uint8_t, &std::free> samples_;
  Size size_;
  std::ptrdiff_t stride_ = 0;
};

// A whole picture in memory (results are small; sources never take this form).
// `planes` has ColorPlaneCount(model) entries, and one more with alpha. Chroma planes of the YCbCr
// models measure ceil(size / chroma) a side; every other plane measures `size`. Alpha is straight
// unless a name says premultiplied.
struct PlanarImage {
  Size size;
  ColorModel model = ColorModel::kRgb;
  bool has_alpha = false;
  ChromaSubsampling chroma;
  std::vector<Plane> planes;
};

}  // namespace thimble
