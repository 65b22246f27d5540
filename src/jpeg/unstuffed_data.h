// A whole scan's entropy-coded bytes without the zeros that are stuffed behind bytes of 255.
//
// Thread-safety: none. Ownership: owns a copy. Errors: kImageTooCostly without memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "base/bytes.h"
#include "base/c_ptr.h"
#include "base/error.h"

namespace thimble {

class UnstuffedData {
 public:
  // `stuffed` has no markers. `padding` zero bytes follow the data.
  static Expected<UnstuffedData> Create(ByteSpan stuffed, std::size_t padding);

  const std::uint8_t* begin() const { return bytes_.get(); }
  std::size_t size() const { return size_; }

 private:
  CPtr<std::uint8_t, &std::free> bytes_;
  std::size_t size_ = 0;
};

}  // namespace thimble
