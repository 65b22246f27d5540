#include "jpeg/scan_bits.h"

#include <algorithm>
#include <cstring>

#include "jpeg/unstuff.h"

namespace thimble {

ScanBits::ScanBits(ByteSpan data, std::size_t window_bytes)
    : data_(data), window_bytes_(window_bytes), window_(window_bytes + kPadding) {
  Fill();
}

void ScanBits::Restart(ByteSpan data) {
  data_ = data;
  begin_ = 0;
  end_ = 0;
  Fill();
}

std::size_t ScanBits::MoveTo(std::size_t bit) {
  begin_ += bit / 8;
  if (end_ - begin_ < window_bytes_ / 2 && !data_.empty()) {
    std::memmove(window_.data(), window_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    Fill();
  }
  return bit % 8;
}

void ScanBits::Fill() {
  end_ += Unstuff(data_, MutableByteSpan(window_).subspan(end_, window_bytes_ - end_));
  std::fill_n(window_.begin() + static_cast<std::ptrdiff_t>(end_), kPadding, std::uint8_t{0});
}

}  // namespace thimble
