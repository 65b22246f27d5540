#include "jpeg/scan_bits.h"

#include <algorithm>
#include <cstring>

namespace thimble {

ScanBits::ScanBits(ByteSpan data, std::size_t window_bytes)
    : data_(data), window_bytes_(window_bytes), window_(window_bytes + 1 + kPadding) {
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
  while (end_ < window_bytes_ && !data_.empty()) {
    const std::size_t room = std::min(window_bytes_ - end_, data_.size());
    const void* const found = std::memchr(data_.data(), 0xFF, room);
    const bool has_ff = found != nullptr;
    const std::size_t plain =
        has_ff ? static_cast<std::size_t>(static_cast<const std::uint8_t*>(found) - data_.data())
               : room;
    std::memcpy(window_.data() + end_, data_.data(), plain);
    end_ += plain;
    data_ = data_.subspan(plain);
    if (!has_ff) continue;
    if (data_.size() < 2 || data_[1] != 0) {  // a marker
      data_ = {};
      break;
    }
    window_[end_++] = 0xFF;
    data_ = data_.subspan(2);
  }
  std::fill_n(window_.begin() + static_cast<std::ptrdiff_t>(end_), kPadding, std::uint8_t{0});
}

}  // namespace thimble
