#include "origin/s3_refusal.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/ascii.h"

namespace thimble {
namespace {

constexpr std::size_t kMaxWordLength = 64;
// Stores refuse signatures 15 minutes off; by then a clock has been wrong for a while.
constexpr std::chrono::minutes kNoticeableSkew{5};

struct Meaning {
  std::string_view s3_code;
  ErrorCode code;
  std::string_view reason{};
  SecondTry second_try = SecondTry::kNone;
  std::string_view remedy{};
};

constexpr std::string_view kKeysRemedy =
    "the credentials have run out or were replaced: give Thimble new ones";
constexpr std::string_view kBucketRemedy = "the store has no bucket as origin.url names it";
constexpr std::string_view kRegionRemedy = "set s3.region to the bucket's region";
constexpr std::string_view kAccountRemedy = "the account cannot use the store: ask its provider";

constexpr std::array<Meaning, 28> kMeanings = {{
    // The key's own.
    {"NoSuchKey", ErrorCode::kOriginalNotFound},
    {"NoSuchVersion", ErrorCode::kOriginalNotFound},
    {"KeyTooLongError", ErrorCode::kOriginalNotFound},
    {"InvalidURI", ErrorCode::kOriginalNotFound},
    {"XMinioInvalidObjectName", ErrorCode::kOriginalNotFound},
    {"AccessDenied", ErrorCode::kOriginalForbidden},
    {"AllAccessDisabled", ErrorCode::kOriginalForbidden},
    {"InvalidObjectState", ErrorCode::kOriginalArchived},
    // Ours.
    {"SignatureDoesNotMatch", ErrorCode::kOriginRefused, "signature_does_not_match",
     SecondTry::kNone,
     "the secret access key is not the one of this access key id, or something on the way changes "
     "requests"},
    {"InvalidAccessKeyId", ErrorCode::kOriginRefused, "invalid_access_key_id",
     SecondTry::kWithOtherKeys, "the store does not know the access key id: give Thimble another"},
    {"ExpiredToken", ErrorCode::kOriginRefused, "expired_token", SecondTry::kWithOtherKeys,
     kKeysRemedy},
    {"TokenRefreshRequired", ErrorCode::kOriginRefused, "expired_token", SecondTry::kWithOtherKeys,
     kKeysRemedy},
    {"InvalidToken", ErrorCode::kOriginRefused, "invalid_token", SecondTry::kWithOtherKeys,
     "the session token does not belong to the access key: give Thimble all three anew"},
    {"RequestTimeTooSkewed", ErrorCode::kOriginRefused, "request_time_too_skewed", SecondTry::kNone,
     "synchronise this machine's clock"},
    {"AccountProblem", ErrorCode::kOriginRefused, "account_problem", SecondTry::kNone,
     kAccountRemedy},
    {"NotSignedUp", ErrorCode::kOriginRefused, "account_problem", SecondTry::kNone, kAccountRemedy},
    {"NoSuchBucket", ErrorCode::kOriginRefused, "no_such_bucket", SecondTry::kNone, kBucketRemedy},
    {"InvalidBucketName", ErrorCode::kOriginRefused, "no_such_bucket", SecondTry::kNone,
     kBucketRemedy},
    {"AuthorizationHeaderMalformed", ErrorCode::kOriginRefused, "wrong_region",
     SecondTry::kInOtherRegion, kRegionRemedy},
    {"PermanentRedirect", ErrorCode::kOriginRefused, "wrong_region", SecondTry::kInOtherRegion,
     kRegionRemedy},
    {"TemporaryRedirect", ErrorCode::kOriginRefused, "wrong_region", SecondTry::kInOtherRegion,
     kRegionRemedy},
    {"IllegalLocationConstraintException", ErrorCode::kOriginRefused, "wrong_region",
     SecondTry::kInOtherRegion, kRegionRemedy},
    // The store's, for the moment.
    {"SlowDown", ErrorCode::kOriginBusy, "slow_down", SecondTry::kAfterPause},
    {"TooManyRequests", ErrorCode::kOriginBusy, "slow_down", SecondTry::kAfterPause},
    {"RequestLimitExceeded", ErrorCode::kOriginBusy, "slow_down", SecondTry::kAfterPause},
    {"ServiceUnavailable", ErrorCode::kOriginBusy, "unavailable", SecondTry::kAfterPause},
    {"RequestTimeout", ErrorCode::kOriginFailed, "request_timeout", SecondTry::kAfterPause},
    {"InternalError", ErrorCode::kOriginFailed, "server_error", SecondTry::kAfterPause},
}};

constexpr Meaning kUnknownForbidden = {{},
                                       ErrorCode::kOriginRefused,
                                       "other",
                                       SecondTry::kNone,
                                       "the store's own documentation says what this code means"};

// For codes that are none of the above, and for bodies without a code. A 403 without one is
// somebody between us and the store, or a store that says no more: taken for what 403 means.
Meaning MeaningOfStatus(const AnswerHead& head, bool has_code) {
  const bool redirects = head.status() == 301 || head.status() == 307;
  if (redirects && !head.bucket_region().empty()) {
    return {
        {}, ErrorCode::kOriginRefused, "wrong_region", SecondTry::kInOtherRegion, kRegionRemedy};
  }
  switch (head.status()) {
    case 401:
      return {{},
              ErrorCode::kOriginRefused,
              "unauthorized",
              SecondTry::kWithOtherKeys,
              "the store does not accept the credentials"};
    case 403: return has_code ? kUnknownForbidden : Meaning{{}, ErrorCode::kOriginalForbidden};
    case 404: return {{}, ErrorCode::kOriginalNotFound};
    case 410: return {{}, ErrorCode::kOriginalGone};
    case 429: return {{}, ErrorCode::kOriginBusy, "slow_down", SecondTry::kAfterPause};
    case 503: return {{}, ErrorCode::kOriginBusy, "unavailable", SecondTry::kAfterPause};
    case 500:
    case 502:
    case 504: return {{}, ErrorCode::kOriginFailed, "server_error", SecondTry::kAfterPause};
    default: return {{}, ErrorCode::kOriginFailed};
  }
}

Meaning MeaningOf(std::string_view s3_code, const AnswerHead& head) {
  const auto* const found = std::find_if(kMeanings.begin(), kMeanings.end(),
                                         [&](const Meaning& m) { return m.s3_code == s3_code; });
  return found != kMeanings.end() ? *found : MeaningOfStatus(head, !s3_code.empty());
}

bool IsWordCharacter(char c) { return IsAlphanumeric(c) || c == '-'; }

std::string_view WordOrNothing(std::string_view text) {
  const bool plain =
      text.size() <= kMaxWordLength && std::all_of(text.begin(), text.end(), IsWordCharacter);
  return plain ? text : std::string_view();
}

// The text of the first element called `name`, if it is one word.
std::string_view ElementOf(std::string_view xml, std::string_view name) {
  const std::size_t open = xml.find(fmt::format("<{}>", name));
  if (open == std::string_view::npos) return {};
  const std::string_view rest = xml.substr(open + name.size() + 2);
  return WordOrNothing(rest.substr(0, rest.find(fmt::format("</{}>", name))));
}

std::string SkewOf(const AnswerHead& head, std::chrono::sys_seconds now) {
  if (!head.date()) return {};
  const std::chrono::seconds ahead = *head.date() - now;
  if (std::chrono::abs(ahead) < kNoticeableSkew) return {};
  return fmt::format(
      "; the store's clock is {} s {} ours, and signatures are refused from 900 s on",
      std::chrono::abs(ahead).count(), ahead.count() > 0 ? "ahead of" : "behind");
}

std::string DetailOf(int status, std::string_view s3_code, std::string_view remedy) {
  std::string text = std::to_string(status);
  if (!s3_code.empty()) text += fmt::format(" {}", s3_code);
  if (!remedy.empty()) text += fmt::format(": {}", remedy);
  return text;
}

}  // namespace

S3Refusal JudgeRefusal(const AnswerHead& head, std::string_view error_text,
                       std::chrono::sys_seconds now) {
  const std::string_view s3_code = ElementOf(error_text, "Code");
  const Meaning meaning = MeaningOf(s3_code, head);
  S3Refusal refusal{.code = meaning.code,
                    .reason = meaning.reason,
                    .second_try = meaning.second_try,
                    .detail = DetailOf(head.status(), s3_code, meaning.remedy)};
  if (refusal.second_try == SecondTry::kInOtherRegion) {
    refusal.region = WordOrNothing(head.bucket_region());
    if (refusal.region.empty()) refusal.region = ElementOf(error_text, "Region");
    if (!refusal.region.empty()) refusal.detail += fmt::format(", {}", refusal.region);
  }
  refusal.detail += SkewOf(head, now);
  return refusal;
}

}  // namespace thimble
