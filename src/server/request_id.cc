#include "server/request_id.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <iterator>

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
    fmt::format_to(std::back_inserter(id), "{:016x}", random_());
  }
}

}  // namespace thimble
