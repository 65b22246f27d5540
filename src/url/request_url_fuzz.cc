// Input: a request target, then (after the first newline) an Accept header. Whatever the bytes: no
// kInternal, and a key that is UTF-8 without dot segments and that its own encoding names again.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/hex.h"
#include "spec/canonical_text.h"
#include "url/request_url.h"
#include "url/text.h"

namespace thimble {
namespace {

std::string PercentEncoded(std::string_view bytes) {
  std::string encoded;
  for (const char c : bytes) AppendPercentEncoded(c, encoded);
  return encoded;
}

void CheckKey(std::string_view key) {
  THIMBLE_CHECK(!key.empty() && IsUtf8(key));
  std::string fenced = std::string("/").append(key).append("/");
  std::replace(fenced.begin(), fenced.end(), '\\', '/');
  for (const std::string_view forbidden : {"/./", "/../"}) {
    THIMBLE_CHECK(fenced.find(forbidden) == std::string::npos);
  }
  THIMBLE_CHECK(key.find('\0') == std::string_view::npos);
}

void CheckSpec(const TransformSpec& spec, const UrlPolicy& policy) {
  THIMBLE_CHECK(IsValid(spec));
  THIMBLE_CHECK(spec.width <= policy.max_width && spec.height <= policy.max_height);
  THIMBLE_CHECK(ParseCanonicalText(CanonicalText(spec)) == spec);
}

void ParseAndCheck(std::string_view target, std::string_view accept, const UrlPolicy& policy) {
  const auto request = ParseResizeRequest(target, accept, policy);
  if (!request) {
    THIMBLE_CHECK(request.error().code != ErrorCode::kInternal);
    return;
  }
  CheckKey(request->source.key.bytes);
  CheckSpec(request->spec, policy);
  const auto again =
      ParseResizeRequest("/resize/" + PercentEncoded(request->source.key.bytes), accept, policy);
  THIMBLE_CHECK(again && again->source.key == request->source.key);
  // What means nothing for the picture changes nothing, whatever it is added to.
  const auto marked = ParseResizeRequest(
      std::string(target) + (target.find('?') == std::string_view::npos ? "?" : "&") +
          "&utm_x=%zz&v=1&",
      accept, policy);
  THIMBLE_CHECK(marked && marked->source.key == request->source.key &&
                marked->spec == request->spec);
  THIMBLE_CHECK(marked->version != request->version);
  const auto same = ParseResizeRequest(target, accept, policy);
  THIMBLE_CHECK(same && CanonicalText(same->spec) == CanonicalText(request->spec));
}

}  // namespace
}  // namespace thimble

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = thimble::TextOf({data, size});
  const std::size_t newline = input.find('\n');
  const std::string_view target = input.substr(0, newline);
  const std::string_view accept =
      newline == std::string_view::npos ? std::string_view() : input.substr(newline + 1);
  thimble::ParseAndCheck(target, accept, {});
  thimble::UrlPolicy bounded;
  bounded.allowed_sizes = {100, 300, 1280};
  bounded.allowed_qualities = {60, 80, 100};
  bounded.when_not_allowed = thimble::UrlPolicy::WhenNotAllowed::kReject;
  thimble::ParseAndCheck(target, accept, bounded);
  return 0;
}
