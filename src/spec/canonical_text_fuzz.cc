// Input: a text. What is taken is valid and is written as exactly this text.
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "spec/canonical_text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = thimble::TextOf({data, size});
  const auto spec = thimble::ParseCanonicalText(text);
  if (!spec) {
    THIMBLE_CHECK(spec.error().code == thimble::ErrorCode::kBadParameter);
    return 0;
  }
  THIMBLE_CHECK(text.size() <= thimble::kMaxSpecText);
  THIMBLE_CHECK(thimble::IsValid(*spec));
  THIMBLE_CHECK(*spec == thimble::Canonical(*spec));
  THIMBLE_CHECK(thimble::CanonicalText(*spec) == text);
  return 0;
}
