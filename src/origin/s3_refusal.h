// What a store's refusal means: whose fault it is, what the client is told, whether asking again
// can help, and what an operator has to do. S3's error code (in the XML body) decides, and the HTTP
// status where there is none that is known.
// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
//
// Pure. The body is the network's text: only letters, digits and hyphens of it get through.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "origin/http_answer.h"

namespace thimble {

enum class SecondTry : std::uint8_t {
  kNone,
  kAfterPause,     // the store is busy or has failed
  kWithOtherKeys,  // the credentials have expired or are not known any more
  kInOtherRegion,
};

struct S3Refusal {
  // kOriginal...: the key's own fault. kOriginRefused: ours, whatever the key. kOriginFailed,
  // kOriginBusy: the store's.
  ErrorCode code = ErrorCode::kOriginFailed;
  std::string_view reason{};  // for metrics, one of few fixed words; empty: the key's own fault
  SecondTry second_try = SecondTry::kNone;
  std::string region{};  // for kInOtherRegion, where the bucket is; empty: not said
  // "403 SignatureDoesNotMatch: the secret access key ..." or "403 RequestTimeTooSkewed: ...; the
  // store's clock is 901 s ahead of ours"
  std::string detail{};
};

// `head` is of any answer that is not what was asked for; `error_text` the beginning of its body.
S3Refusal JudgeRefusal(const AnswerHead& head, std::string_view error_text,
                       std::chrono::sys_seconds now);

}  // namespace thimble
