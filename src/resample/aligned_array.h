// A fixed number of plain values, zero-filled, starting on a cache line; made without throwing.
//
// Zero-filled, so that padding can be read and nothing of an earlier picture can show through.
// Errors: kImageTooCostly without memory.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <type_traits>

#include "base/c_ptr.h"
#include "base/error.h"

namespace thimble {

template <class T>
class AlignedArray {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  static constexpr std::size_t kAlignment = 64;  // bytes; the widest vector

  AlignedArray() = default;
  static Expected<AlignedArray> Create(std::size_t count) {
    if (count > (std::numeric_limits<std::size_t>::max() - kAlignment) / sizeof(T)) {
      return Fail(ErrorCode::kImageTooCostly, "resampling buffer too large");
    }
    const std::size_t bytes = (count * sizeof(T) + kAlignment - 1) / kAlignment * kAlignment;
    AlignedArray array;
    array.values_.reset(static_cast<T*>(std::aligned_alloc(kAlignment, bytes)));
    if (array.values_ == nullptr) {
      return Fail(ErrorCode::kImageTooCostly, "no memory for resampling");
    }
    std::memset(static_cast<void*>(array.values_.get()), 0, bytes);
    return array;
  }

  T* data() { return values_.get(); }
  const T* data() const { return values_.get(); }
  T& operator[](std::size_t index) { return values_.get()[index]; }
  const T& operator[](std::size_t index) const { return values_.get()[index]; }

 private:
  CPtr<T, &std::free> values_;
};

}  // namespace thimble
