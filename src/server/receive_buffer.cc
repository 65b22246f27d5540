#include "server/receive_buffer.h"

#include <algorithm>
#include <cstring>

namespace thimble {
namespace {

constexpr std::size_t kFirstBytes = 2048;  // a browser's usual request

}  // namespace

void ReceiveBuffer::Consume(std::size_t count) {
  begin_ += count;
  if (begin_ == end_) begin_ = end_ = 0;
}

std::span<char> ReceiveBuffer::Room() {
  if (begin_ > 0) {
    std::memmove(memory_.data(), memory_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (end_ == memory_.size()) {
    memory_.resize(std::min(std::max(kFirstBytes, memory_.size() * 2), max_bytes_));
  }
  return {memory_.data() + end_, memory_.size() - end_};
}

}  // namespace thimble
