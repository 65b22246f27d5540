// Any bytes as a request: however they are cut into pieces, the same answer, and never kInternal.
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "http/request_head.h"

namespace thimble {
namespace {

constexpr HeadLimits kLimits{.max_head_bytes = 1024, .max_uri_bytes = 256, .max_fields = 20};

std::size_t LengthOr(const Expected<std::size_t>& scanned, std::size_t failed) {
  return scanned ? *scanned : failed;
}

// Byte by byte; `failed` when it is refused.
std::size_t SlowScan(std::string_view bytes, std::size_t failed) {
  HeadScanner scanner(kLimits);
  for (std::size_t size = 1; size <= bytes.size(); ++size) {
    const auto length = scanner.Scan(bytes.substr(0, size));
    if (!length || *length > 0) return LengthOr(length, failed);
  }
  return 0;
}

void ReadHead(std::string_view bytes) {
  const std::size_t failed = bytes.size() + 1;
  HeadScanner scanner(kLimits);
  const std::size_t length = LengthOr(scanner.Scan(bytes), failed);
  THIMBLE_CHECK(SlowScan(bytes, failed) == length);
  if (length == 0 || length == failed) return;

  RequestHead head;
  const Status parsed = ParseRequestHead(bytes.substr(0, length), kLimits, head);
  if (!parsed) {
    THIMBLE_CHECK(parsed.error().code != ErrorCode::kInternal);
    return;
  }
  if (head.method == Method::kOther) return;
  THIMBLE_CHECK(head.target.starts_with('/') || head.target == "*");
  THIMBLE_CHECK(head.target.size() <= kLimits.max_uri_bytes);
}

}  // namespace
}  // namespace thimble

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  thimble::ReadHead(thimble::TextOf({data, size}));
  return 0;
}
