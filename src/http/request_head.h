// The head of an HTTP/1 request: found in a stream of bytes, then parsed into the few fields that
// are used.
//
// Grammar is Beast's parser's; this adds the refusals that keep a server behind proxies safe from
// request smuggling: bare line feeds, folded lines, more than one Host, Transfer-Encoding, repeated
// Content-Length, anything but one reading. Pure: bytes in, values out.
//
// Errors: kMalformedRequest, kUriTooLong, kHeadersTooLarge. After any of them the stream cannot be
// trusted: answer and close.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "http/conditional.h"

namespace thimble {

struct HeadLimits {
  std::size_t max_head_bytes = 16 * 1024;  // request line and fields with their line ends
  std::size_t max_uri_bytes = 8 * 1024;
  std::size_t max_fields = 100;
};

enum class Method : std::uint8_t { kGet, kHead, kOptions, kOther };

// The views point into the bytes that were parsed. Strings, so that an object used again for the
// next request needs no new memory.
struct RequestHead {
  Method method = Method::kOther;
  std::string_view method_text;
  std::string_view target;    // path and query: of an absolute-form target, what follows the host
  int minor_version = 1;      // of HTTP/1
  bool keep_alive = true;     // what the client wishes, its version's default included
  bool has_body = false;      // announced and not empty
  std::string accept;         // lists spread over several lines are joined with ", "
  std::string request_id;     // X-Request-ID as received
  std::string forwarded_for;  // X-Forwarded-For, a list too
  Preconditions preconditions;
};

// Finds the end of a head in bytes that arrive piece by piece, looking at each byte once.
class HeadScanner {
 public:
  explicit HeadScanner(HeadLimits limits) : limits_(limits) {}

  // `received` is everything of this request so far, beginning with its request line; it may be
  // followed by the next requests. Gives the head's length, its empty line included; 0: more bytes
  // are needed.
  Expected<std::size_t> Scan(std::string_view received);
  void Reset() { *this = HeadScanner(limits_); }

 private:
  HeadLimits limits_;
  std::size_t line_begin_ = 0;  // of the line being received
  std::size_t scanned_ = 0;
};

// The value of the first whole X-Request-ID line in what was received of a head, however broken the
// rest is; empty where there is none.
std::string_view RequestIdIn(std::string_view received);

// `block` is one whole head, as a HeadScanner found it.
Status ParseRequestHead(std::string_view block, const HeadLimits& limits, RequestHead& head);

}  // namespace thimble
