#include "server/request_id.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "base/ascii.h"
#include "base/hex.h"

namespace thimble {
namespace {

constexpr std::size_t kMaxBytes = 64;

bool IsIdCharacter(char c) { return IsAlphanumeric(c) || c == '_' || c == '-'; }

bool IsRequestId(std::string_view text) {
  return !text.empty() && text.size() <= kMaxBytes &&
         std::all_of(text.begin(), text.end(), IsIdCharacter);
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
    const std::uint64_t number = random_();
    std::array<std::uint8_t, sizeof number> bytes{};
    std::memcpy(bytes.data(), &number, sizeof number);
    AppendHex(bytes, id);
  }
}

}  // namespace thimble
