// The entropy-coded bytes of a scan, a window at a time, without the zeros that are stuffed behind
// bytes of 255.
//
// Positions are bits, counted from the window's first byte. The window ends at the first marker or
// the end of the data, and is followed by kPadding zero bytes that may be read.
//
// Thread-safety: none. Ownership: borrows the data.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/bytes.h"

namespace thimble {

class ScanBits {
 public:
  static constexpr std::size_t kPadding = 512;  // bytes

  ScanBits(ByteSpan data, std::size_t window_bytes);

  // Goes on with other data.
  void Restart(ByteSpan data);

  // Makes the byte that holds `bit` the window's first, and fills the window up when less than half
  // of it is left. Returns the bit's new position.
  std::size_t MoveTo(std::size_t bit);

  const std::uint8_t* data() const { return window_.data() + begin_; }
  std::size_t bits() const { return 8 * (end_ - begin_); }

 private:
  void Fill();

  ByteSpan data_;  // not yet in the window; empty behind a marker
  std::size_t window_bytes_;
  std::vector<std::uint8_t> window_;
  std::size_t begin_ = 0;  // of what is left in the window
  std::size_t end_ = 0;
};

}  // namespace thimble
