// Bytes received and not yet used: grows as needed up to a bound, so that an idle connection costs
// little and no client can make it cost much.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace thimble {

class ReceiveBuffer {
 public:
  explicit ReceiveBuffer(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  std::string_view bytes() const { return {memory_.data() + begin_, end_ - begin_}; }
  bool empty() const { return begin_ == end_; }
  void Consume(std::size_t count);

  // Room for more. Moves the bytes; never empty while fewer than `max_bytes` are held.
  std::span<char> Room();
  // `count` bytes of the room were filled.
  void Commit(std::size_t count) { end_ += count; }

 private:
  std::size_t max_bytes_;
  std::vector<char> memory_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace thimble
