// What went wrong, as a value. Functions that can fail return Expected<T>; nothing throws across a
// folder's border.
//
// There is one enum for the whole program because a client sees its names: `SlugOf` gives the
// stable text sent in `X-Error` and documented in docs/http-api.md, and the server maps each code
// to an HTTP status in one switch. `Error::detail` is for logs; a client sees only a refused URL's.
//
// Thread-safety: values. Ownership: an Error owns its detail.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace thimble {

enum class ErrorCode : std::uint16_t {
  // The request is at fault.
  kMalformedRequest = 1,   // HTTP that does not parse
  kMethodNotAllowed,       // not GET, HEAD or OPTIONS
  kUriTooLong,             //
  kHeadersTooLarge,        //
  kBadPath,                // dot segments, %00, broken UTF-8, broken escapes: no key can be meant
  kUnknownParameter,       // a query parameter nobody knows
  kBadParameter,           // a known parameter with a value that is no number, out of range, ...
  kConflictingParameters,  // two names for one thing that disagree
  kVariantNotAllowed,      // a size or quality outside the operator's list
  kRequestTimeout,         // the client did not finish sending its request
  kPreconditionFailed,     // If-Match or If-Unmodified-Since does not hold
  kClientGone,             // it left before it was answered; never sent, for logs and metrics
  // The origin's answer.
  kOriginalNotFound = 100,  //
  kOriginalGone,            // 410
  kOriginalForbidden,       // this key may not be read: shown as 404 or 403 by a setting
  kOriginalTooLarge,        // over the byte cap
  kOriginFailed,            // 5xx or an answer that makes no sense
  kOriginIncomplete,        // the body is shorter than announced, or broke
  kOriginUnreachable,       // DNS, connection refused, TLS
  kOriginTimeout,           // connect, first byte or whole body took too long
  kOriginalArchived,        // in cold storage: somebody has to restore it first
  kOriginalEncoded,         // stored under a content coding (gzip, ...) and no picture as it is
  kOriginRefused,           // refuses us whatever the key: credentials, clock, bucket, region
  kOriginBusy,              // 503 or 429, and again after a pause
  // The picture is at fault.
  kUnsupportedFormat = 200,  // not a format that is enabled
  kCorruptImage,             // does not decode
  kTooManyPixels,            // over the pixel limit
  kDimensionTooLarge,        // over the limit a side
  kTooManyScans,             // a JPEG with so many scans that decoding it takes too long
  kImageTooCostly,           // decoding ran into the worker's memory or time limit
  kWorkerDied,  // decoding killed the worker (its own fault or the file's: the file is not retried)
  kResultTooLarge,  // the encoded result is over its cap
  // The server's state.
  kOverloaded = 300,  // the queue is full
  kDraining,          // shutting down
  kDeadlineExceeded,  // the request's time ran out before the picture's turn came
  kInternal,          // a bug of ours; fuzzers assert it never occurs
  // Start-up and the command line; never sent to a client.
  kBadSetting = 400,  //
  kSystem,            // a system call failed; the detail has its name and errno
};

// The stable text for clients, e.g. "bad_parameter". Never empty.
std::string_view SlugOf(ErrorCode code);

// True for numbers that name a code above: for values that come from another process.
bool IsKnownErrorCode(std::uint16_t number);

struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string detail;  // for logs, see above
};

template <class T>
using Expected = tl::expected<T, Error>;
using Status = Expected<void>;

[[nodiscard]] inline tl::unexpected<Error> Fail(ErrorCode code, std::string detail = {}) {
  return tl::unexpected<Error>(Error{code, std::move(detail)});
}

// `Fail` for a system call that has just failed: appends errno's text to `call`.
[[nodiscard]] tl::unexpected<Error> FailErrno(std::string_view call,
                                              ErrorCode code = ErrorCode::kSystem);

// Passes a failure on: `if (Status s = F(); !s) return Forward(s);`
template <class T>
[[nodiscard]] tl::unexpected<Error> Forward(Expected<T>& failed) {
  return tl::unexpected<Error>(std::move(failed.error()));
}

}  // namespace thimble

#define THIMBLE_INTERNAL_CONCAT2(a, b) a##b
#define THIMBLE_INTERNAL_CONCAT(a, b) THIMBLE_INTERNAL_CONCAT2(a, b)

// Evaluates `expr` (an Expected<T>); on failure returns it from the function, else assigns the
// value to `lhs`:
//   THIMBLE_TRY(const Plan plan, MakePlan(spec, info, limits));
// Not for coroutines (they need co_return).
#define THIMBLE_TRY(lhs, expr)                                                  \
  auto THIMBLE_INTERNAL_CONCAT(thimble_try_, __LINE__) = (expr);                \
  if (!THIMBLE_INTERNAL_CONCAT(thimble_try_, __LINE__))                         \
    return ::thimble::Forward(THIMBLE_INTERNAL_CONCAT(thimble_try_, __LINE__)); \
  lhs = std::move(*THIMBLE_INTERNAL_CONCAT(thimble_try_, __LINE__))

namespace thimble {
[[noreturn]] void CheckFailed(const char* condition, const char* file, int line);
}

// Ends the process when an invariant of our own code is broken. Never for input.
#define THIMBLE_CHECK(cond) \
  ((cond) ? static_cast<void>(0) : ::thimble::CheckFailed(#cond, __FILE__, __LINE__))
