#include "base/error.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <system_error>

namespace thimble {
namespace {

// Empty for numbers that name no code. No `default`: the compiler then names a code that was
// forgotten.
std::string_view SlugOrEmpty(ErrorCode code) {
  switch (code) {
    case ErrorCode::kMalformedRequest: return "malformed_request";
    case ErrorCode::kMethodNotAllowed: return "method_not_allowed";
    case ErrorCode::kUriTooLong: return "uri_too_long";
    case ErrorCode::kHeadersTooLarge: return "headers_too_large";
    case ErrorCode::kBadPath: return "bad_path";
    case ErrorCode::kUnknownParameter: return "unknown_parameter";
    case ErrorCode::kBadParameter: return "bad_parameter";
    case ErrorCode::kConflictingParameters: return "conflicting_parameters";
    case ErrorCode::kVariantNotAllowed: return "variant_not_allowed";
    case ErrorCode::kRequestTimeout: return "request_timeout";
    case ErrorCode::kPreconditionFailed: return "precondition_failed";
    case ErrorCode::kClientGone: return "client_gone";
    case ErrorCode::kOriginalNotFound: return "original_not_found";
    case ErrorCode::kOriginalGone: return "original_gone";
    case ErrorCode::kOriginalForbidden: return "original_forbidden";
    case ErrorCode::kOriginalTooLarge: return "original_too_large";
    case ErrorCode::kOriginFailed: return "origin_failed";
    case ErrorCode::kOriginIncomplete: return "origin_incomplete";
    case ErrorCode::kOriginUnreachable: return "origin_unreachable";
    case ErrorCode::kOriginTimeout: return "origin_timeout";
    case ErrorCode::kOriginalArchived: return "original_archived";
    case ErrorCode::kOriginalEncoded: return "original_encoded";
    case ErrorCode::kOriginRefused: return "origin_refused";
    case ErrorCode::kOriginBusy: return "origin_busy";
    case ErrorCode::kUnsupportedFormat: return "unsupported_format";
    case ErrorCode::kCorruptImage: return "corrupt_image";
    case ErrorCode::kTooManyPixels: return "too_many_pixels";
    case ErrorCode::kDimensionTooLarge: return "dimension_too_large";
    case ErrorCode::kTooManyScans: return "too_many_scans";
    case ErrorCode::kImageTooCostly: return "image_too_costly";
    case ErrorCode::kWorkerDied: return "worker_died";
    case ErrorCode::kResultTooLarge: return "result_too_large";
    case ErrorCode::kOverloaded: return "overloaded";
    case ErrorCode::kDraining: return "draining";
    case ErrorCode::kDeadlineExceeded: return "deadline_exceeded";
    case ErrorCode::kInternal: return "internal";
    case ErrorCode::kBadSetting: return "bad_setting";
    case ErrorCode::kSystem: return "system";
  }
  return {};
}

}  // namespace

std::string_view SlugOf(ErrorCode code) {
  const std::string_view slug = SlugOrEmpty(code);
  return slug.empty() ? SlugOrEmpty(ErrorCode::kInternal) : slug;
}

bool IsKnownErrorCode(std::uint16_t number) {
  return !SlugOrEmpty(static_cast<ErrorCode>(number)).empty();
}

tl::unexpected<Error> FailErrno(std::string_view call, ErrorCode code) {
  const int error_number = errno;
  return Fail(code, std::string(call) + ": " + std::generic_category().message(error_number));
}

void CheckFailed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "%s:%d: check failed: %s\n", file, line, condition);
  std::abort();
}

}  // namespace thimble
