#include "image/plane.h"

#include <cstring>

namespace thimble {
namespace {
constexpr std::size_t kRowAlignment = 64;  // one cache line, and the widest vector
}

Expected<Plane> Plane::Create(Size size) {
  if (size.width <= 0 || size.height <= 0) return Fail(ErrorCode::kInternal, "empty plane");
  const std::size_t stride =
      (static_cast<std::size_t>(size.width) + kRowAlignment - 1) / kRowAlignment * kRowAlignment;
  const std::size_t bytes =
      stride * static_cast<std::size_t>(size.height);  // at most 2^31 * 2^31: no overflow
  auto* samples = static_cast<std::uint8_t*>(std::aligned_alloc(kRowAlignment, bytes));
  if (samples == nullptr) return Fail(ErrorCode::kImageTooCostly, "no memory for a plane");
  std::memset(samples, 0, bytes);
  Plane plane;
  plane.samples_.reset(samples);
  plane.size_ = size;
  plane.stride_ = static_cast<std::ptrdiff_t>(stride);
  return plane;
}

}  // namespace thimble
