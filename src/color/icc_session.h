// One profile, opened by the colour library in a context of its own with a budget of memory. The
// library itself (Little CMS) stays in icc_session.cc and icc_write.cc.
//
// Thread-safety: none; a session serves one call. Ownership: a session outlives its transforms.
// Errors: what a broken profile lacks is nothing, an empty optional; no call fails otherwise.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "color/matrix_shaper.h"
#include "image/color_model.h"

namespace thimble {

// A thing of the library's, and how it is given back.
using LibraryHandle = std::unique_ptr<void, void (*)(void*)>;

enum class Precision : std::uint8_t {
  kEveryColor,  // each colour is computed in full: nothing to prepare
  kGrid,        // interpolated in a grid of colours that takes time to prepare
};

class SrgbTransform {
 public:
  explicit SrgbTransform(LibraryHandle handle) : handle_(std::move(handle)) {}

  // `device` holds `width` samples of each channel, one channel after another; `rgb` likewise.
  void Convert(std::span<const std::uint8_t> device, std::span<std::uint8_t> rgb,
               std::size_t width) const;

 private:
  LibraryHandle handle_;
};

class IccSession {
 public:
  explicit IccSession(ByteSpan profile);
  IccSession(const IccSession&) = delete;
  IccSession& operator=(const IccSession&) = delete;
  ~IccSession() = default;

  // Relative colorimetric with black point compensation. REQUIRES kGray, kRgb or kCmyk, the
  // profile's own colour space.
  std::optional<SrgbTransform> TransformToSrgb(ColorModel model, Precision precision) const;

  // The curves and the matrix, when the profile consists of those alone.
  std::optional<MatrixShaperProfile> ReadMatrixShaper() const;

  // Those of gray or of R, G and B: the linear light, 0-1, of so many evenly spaced samples. Empty
  // when the profile does not consist of them and a matrix alone.
  std::vector<std::vector<float>> ReadCurves(std::size_t samples) const;

 private:
  bool HasTables() const;

  std::size_t budget_;  // bytes that the library may still allocate for this profile
  LibraryHandle context_;
  LibraryHandle profile_;  // given back before its context
};

}  // namespace thimble
