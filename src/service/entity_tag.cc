#include "service/entity_tag.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstddef>

#include "base/error.h"
#include "base/hex.h"

namespace thimble {
namespace {

// Raised when the engine makes other bytes of the same input: engine/golden_bytes_test.cc notices.
constexpr std::string_view kEngineRevision = "5";
// The day on which the revision was raised last: both are changed together.
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

// How far the store's clock may be ahead of ours. Stores also round up to the next whole second.
constexpr std::chrono::minutes kClockDifference{1};

// A date in the future is not handed on: until it has come, no cache could tell a newer version
// from this one. One that is due in a moment becomes the present (RFC 9110, 8.8.2.1), any other
// (a wrong clock, a copied file) says nothing.
std::optional<std::chrono::sys_seconds> PresentOrPast(
    std::optional<std::chrono::sys_seconds> modified) {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  if (!modified || *modified <= now) return modified;
  if (*modified > now + kClockDifference) return std::nullopt;
  return now;
}

}  // namespace

std::string FingerprintOf(std::string_view libraries, const PictureLimits& limits) {
  std::string fingerprint("engine ");
  fingerprint.append(kEngineRevision).append(" ").append(libraries);
  // Larger profiles are passed over. All other limits refuse, or change no byte.
  return fingerprint.append(" max_icc_bytes ").append(std::to_string(limits.max_icc_bytes));
}

std::string EntityTagFor(std::string_view source_tag, std::string_view variant,
                         std::string_view fingerprint) {
  std::string text;
  AppendField(text, source_tag);
  AppendField(text, variant);
  AppendField(text, fingerprint);

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

Validator ValidatorFor(const SourceValidator& source, std::string_view variant,
                       std::string_view fingerprint) {
  Validator validator{.entity_tag = EntityTagFor(source.entity_tag, variant, fingerprint),
                      .last_modified = PresentOrPast(source.last_modified)};
  // Another engine's picture of the same original is another picture.
  if (validator.last_modified) {
    validator.last_modified = std::max(*validator.last_modified, EngineDate());
  }
  return validator;
}

}  // namespace thimble
