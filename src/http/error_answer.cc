#include "http/error_answer.h"

#include <optional>

#include "http/media_ranges.h"

namespace thimble {

int StatusOf(ErrorCode code) {
  switch (code) {
    case ErrorCode::kMalformedRequest:
    case ErrorCode::kBadPath:
    case ErrorCode::kUnknownParameter:
    case ErrorCode::kBadParameter:
    case ErrorCode::kConflictingParameters:
    case ErrorCode::kVariantNotAllowed: return 400;
    case ErrorCode::kOriginalForbidden: return 403;
    case ErrorCode::kOriginalNotFound: return 404;
    case ErrorCode::kMethodNotAllowed: return 405;
    case ErrorCode::kRequestTimeout: return 408;
    case ErrorCode::kOriginalGone: return 410;
    case ErrorCode::kPreconditionFailed: return 412;
    case ErrorCode::kOriginalTooLarge:
    case ErrorCode::kTooManyPixels:
    case ErrorCode::kDimensionTooLarge:
    case ErrorCode::kResultTooLarge: return 413;
    case ErrorCode::kUriTooLong: return 414;
    case ErrorCode::kOriginalEncoded:
    case ErrorCode::kUnsupportedFormat: return 415;
    case ErrorCode::kOriginalArchived:
    case ErrorCode::kCorruptImage:
    case ErrorCode::kTooManyScans:
    case ErrorCode::kImageTooCostly:
    case ErrorCode::kWorkerDied: return 422;
    case ErrorCode::kHeadersTooLarge: return 431;
    case ErrorCode::kClientGone: return 499;  // no status of HTTP; nginx's, which dashboards know
    case ErrorCode::kInternal:
    case ErrorCode::kBadSetting:
    case ErrorCode::kSystem: return 500;
    case ErrorCode::kOriginFailed:
    case ErrorCode::kOriginIncomplete:
    case ErrorCode::kOriginRefused:
    case ErrorCode::kOriginUnreachable: return 502;
    case ErrorCode::kOriginBusy:
    case ErrorCode::kOverloaded:
    case ErrorCode::kDraining:
    case ErrorCode::kDeadlineExceeded: return 503;
    case ErrorCode::kOriginTimeout: return 504;
  }
  return 500;
}

std::string_view SentenceOf(ErrorCode code) {
  switch (code) {
    case ErrorCode::kMalformedRequest: return "The request is not valid HTTP.";
    case ErrorCode::kMethodNotAllowed: return "Only GET, HEAD and OPTIONS are served.";
    case ErrorCode::kUriTooLong: return "The URL is too long.";
    case ErrorCode::kHeadersTooLarge: return "The request's headers are too large.";
    case ErrorCode::kBadPath: return "The path names no original.";
    case ErrorCode::kUnknownParameter: return "A parameter is not known.";
    case ErrorCode::kBadParameter: return "A parameter's value is not valid.";
    case ErrorCode::kConflictingParameters: return "Two parameters contradict each other.";
    case ErrorCode::kVariantNotAllowed: return "This size or quality is not offered.";
    case ErrorCode::kRequestTimeout: return "The request took too long to arrive.";
    case ErrorCode::kPreconditionFailed: return "A precondition of the request does not hold.";
    case ErrorCode::kClientGone: return "The client left before it was answered.";
    case ErrorCode::kOriginalNotFound: return "The original does not exist.";
    case ErrorCode::kOriginalGone: return "The original exists no longer.";
    case ErrorCode::kOriginalForbidden: return "The original may not be read.";
    case ErrorCode::kOriginalTooLarge: return "The original has too many bytes.";
    case ErrorCode::kOriginFailed: return "The origin failed.";
    case ErrorCode::kOriginIncomplete: return "The origin broke off.";
    case ErrorCode::kOriginUnreachable: return "The origin cannot be reached.";
    case ErrorCode::kOriginTimeout: return "The origin took too long.";
    case ErrorCode::kOriginalArchived:
      return "The original is archived and must be restored first.";
    case ErrorCode::kOriginalEncoded: return "The original is stored compressed.";
    case ErrorCode::kOriginRefused: return "The origin refuses this server.";
    case ErrorCode::kOriginBusy: return "The origin is busy.";
    case ErrorCode::kUnsupportedFormat: return "The original is of no supported format.";
    case ErrorCode::kCorruptImage: return "The original is damaged.";
    case ErrorCode::kTooManyPixels: return "The original has too many pixels.";
    case ErrorCode::kDimensionTooLarge: return "The original is too wide or too high.";
    case ErrorCode::kTooManyScans: return "The original has too many scans.";
    case ErrorCode::kImageTooCostly: return "The original takes too much to decode.";
    case ErrorCode::kWorkerDied: return "The original cannot be processed.";
    case ErrorCode::kResultTooLarge: return "The result is too large.";
    case ErrorCode::kOverloaded: return "The server is busy.";
    case ErrorCode::kDraining: return "The server is shutting down.";
    case ErrorCode::kDeadlineExceeded: return "The picture's turn did not come in time.";
    case ErrorCode::kInternal:
    case ErrorCode::kBadSetting:
    case ErrorCode::kSystem: return "The server failed.";
  }
  return "The server failed.";
}

namespace {

// The URL is at fault, and ParseResizeRequest says how.
bool IsRefusedUrl(ErrorCode code) {
  return code == ErrorCode::kBadPath || code == ErrorCode::kUnknownParameter ||
         code == ErrorCode::kBadParameter || code == ErrorCode::kConflictingParameters ||
         code == ErrorCode::kVariantNotAllowed;
}

}  // namespace

std::string_view MessageOf(const Error& error) {
  const bool has_own = IsRefusedUrl(error.code) && !error.detail.empty();
  return has_own ? std::string_view(error.detail) : SentenceOf(error.code);
}

bool WantsJson(std::string_view accept) {
  constexpr std::string_view kJson = "application/json";
  const std::optional<MediaRanges> ranges = MediaRanges::FromAccept(accept);
  if (!ranges) return false;
  const int json = ranges->WeightOfType(kJson);
  const int text = ranges->WeightOfType("text/plain");
  if (json != text) return json > text;
  return json > 0 && (ranges->WeightOfRange(kJson) || ranges->WeightOfRange("application/*"));
}

}  // namespace thimble
