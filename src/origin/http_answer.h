// The head of an origin's HTTP answer: parsed strictly, because what two parsers read differently
// is how one answer's bytes end up in another's.
//
// Pure. Errors: kOriginFailed, kOriginalTooLarge, kOriginIncomplete as each function says.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace thimble {

// Collects one answer's header lines, as they come.
class AnswerHead {
 public:
  // One line, with or without its line end; a status line starts a new head (after a 1xx). The
  // empty line completes the head, and lines after that (trailers) are passed over.
  // kOriginFailed: a length that is no number, given twice, or given beside a transfer encoding;
  // a transfer encoding other than chunked.
  Status AddLine(std::string_view line);

  // True once a head that is not a 1xx is there.
  bool complete() const { return complete_; }

  int status() const { return status_; }
  // What Content-Length says; the largest number there is where it says more.
  std::optional<std::uint64_t> content_length() const { return content_length_; }
  bool chunked() const { return chunked_; }
  // The codings among Content-Encoding that change bytes, each once: "gzip, br". Empty: none. Much
  // else is found there ("aws-chunked", "utf-8", "binary"), and says nothing about the bytes.
  const std::string& content_codings() const { return content_codings_; }
  // S3's x-amz-bucket-region: where the bucket is.
  const std::string& bucket_region() const { return bucket_region_; }
  const std::string& entity_tag() const { return entity_tag_; }  // empty: none
  std::optional<std::chrono::sys_seconds> last_modified() const { return last_modified_; }
  // Read only when asked for, which is where a request was refused.
  std::optional<std::chrono::sys_seconds> date() const;

 private:
  Status AddStatusLine(std::string_view line);
  Status AddField(std::string_view name, std::string_view value);
  Status AddContentLength(std::string_view value);
  Status AddTransferEncoding(std::string_view value);
  void AddContentEncoding(std::string_view value);

  bool complete_ = false;
  int status_ = 0;
  std::optional<std::uint64_t> content_length_;
  bool chunked_ = false;
  std::string content_codings_;
  std::string bucket_region_;
  std::string entity_tag_;
  std::optional<std::chrono::sys_seconds> last_modified_;
  std::string date_;
};

// Whether a body may be read after this head of a 200 to a GET, before any of it is:
// kOriginalTooLarge over `max_bytes`, kOriginIncomplete where the answer could end anywhere without
// anybody noticing (neither length nor chunks).
Status CheckBodyOf(const AnswerHead& head, std::size_t max_bytes);

}  // namespace thimble
