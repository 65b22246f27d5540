// Bytes into a buffer of fixed size. What does not fit is counted, not written.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>

#include "base/bytes.h"

namespace thimble {

class ByteWriter {
 public:
  explicit ByteWriter(MutableByteSpan out) : out_(out) {}

  void Put(std::uint8_t byte) {
    if (size_ < out_.size()) out_[size_] = byte;
    ++size_;
  }
  void Put(std::initializer_list<std::uint8_t> bytes) {
    for (const std::uint8_t byte : bytes) Put(byte);
  }
  // Most significant byte first.
  void Put16(std::uint32_t value) {
    Put(static_cast<std::uint8_t>(value >> 8));
    Put(static_cast<std::uint8_t>(value));
  }
  void Put32(std::uint32_t value) {
    if (size_ + 4 > out_.size()) {
      Put16(value >> 16);
      Put16(value);
      return;
    }
    const std::array<std::uint8_t, 4> bytes = {
        static_cast<std::uint8_t>(value >> 24), static_cast<std::uint8_t>(value >> 16),
        static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)};
    std::memcpy(out_.data() + size_, bytes.data(), bytes.size());  // one store
    size_ += bytes.size();
  }

  // With what did not fit.
  std::size_t size() const { return size_; }
  bool fits() const { return size_ <= out_.size(); }

 private:
  MutableByteSpan out_;
  std::size_t size_ = 0;
};

}  // namespace thimble
