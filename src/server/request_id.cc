#include "server/request_id.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace thimble {
namespace {

constexpr std::size_t kMaxBytes = 64;

bool IsIdCharacter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}

bool IsRequestId(std::string_view text) {
  return !text.empty() && text.size() <= kMaxBytes &&
         std::all_of(text.begin(), text.end(), IsIdCharacter);
}

// Always 16 digits.
void AppendHex(std::uint64_t number, std::string& text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (int shift = 60; shift >= 0; shift -= 4) text += kDigits[(number >> shift) & 0xf];
}

}  // namespace

RequestIds::RequestIds() {
  std::random_device device;
  std::seed_seq seed{device(), device(), device(), device()};
  random_.seed(seed);
}

void RequestIds::Assign(std::string_view offered, std::string& id) {
  id.clear();
  if (IsRequestId(offered)) {
    id = offered;
  } else {
    AppendHex(random_(), id);
  }
}

}  // namespace thimble
