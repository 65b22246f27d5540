#include "service/entity_tag.h"

#include <openssl/evp.h>

#include <array>
#include <cstddef>

#include "base/error.h"
#include "base/hex.h"

namespace thimble {
namespace {

// Raised when an engine of the same version number makes other bytes of the same input.
constexpr std::string_view kEngineRevision = "5";
// The day on which the revision or the version was raised last: both are changed together.
constexpr std::chrono::sys_days kEngineDate =
    std::chrono::year(2026) / std::chrono::November / std::chrono::day(26);

// 128 bits: far beyond accidental collisions, and tags are no secret.
constexpr std::size_t kTagBytes = 16;

// The length before each field keeps ("ab", "c") apart from ("a", "bc").
void AppendField(std::string& text, std::string_view field) {
  text += std::to_string(field.size());
  text += ':';
  text += field;
}

}  // namespace

std::string EntityTagFor(std::string_view source_tag, std::string_view variant) {
  std::string text;
  AppendField(text, source_tag);
  AppendField(text, variant);
  AppendField(text, THIMBLE_VERSION);
  AppendField(text, kEngineRevision);

  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int digest_bytes = 0;
  THIMBLE_CHECK(EVP_Digest(text.data(), text.size(), digest.data(), &digest_bytes, EVP_sha256(),
                           nullptr) == 1);
  std::string tag = "\"";
  AppendHex(ByteSpan(digest).first(kTagBytes), tag);
  tag += '"';
  return tag;
}

std::chrono::sys_seconds EngineDate() { return kEngineDate; }

}  // namespace thimble
