// Answers as bytes of HTTP/1.1.
//
// A picture's fields are written once, when it is made; per request only what differs is added, and
// its bytes are sent from where they are.
//
// Thread-safety: none; one thread (the date is remembered for its second).
// Security: every field's value comes from a fixed set, our own encoders or a checked token, so no
// client can put a line into a response. REQUIRES the settings' texts to have no control
// characters.
#pragma once

#include <cstdint>
#include <ctime>
#include <optional>
#include <random>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "server/answer.h"
#include "settings/settings.h"

namespace thimble {

// Every response begins so.
inline constexpr std::string_view kResponseStart = "HTTP/1.1 ";

// What the answer's form depends on, besides the answer.
struct Exchange {
  bool is_head = false;
  bool keep_alive = true;  // after this answer
  int minor_version = 1;   // of HTTP/1
  std::string_view accept;
  std::string_view request_id;
};

// One response, ready to be written: `head`, then the body. Used again and again by a connection,
// so that its memory is.
struct Response {
  std::string head;  // status line, fields and the empty line
  std::string text;  // the body when it is no picture
  int status = 0;
  std::optional<ErrorCode> error;  // as the client sees it

  void Clear();
};

class Responder {
 public:
  Responder(AnswerSettings settings, bool show_forbidden);

  // Replaces what is in `response`. The body is `BodyOf(answer, response, exchange)`.
  void Render(const Answer& answer, const Exchange& exchange, Response& response);

 private:
  struct Renderer;

  void AppendStart(int status, const Exchange& exchange, std::string& head);
  void AppendErrorFields(ErrorCode shown, std::string& head);
  ErrorCode ShownCode(ErrorCode code) const;
  std::string_view DateField();

  AnswerSettings settings_;
  bool show_forbidden_;
  std::string unversioned_;  // the Cache-Control field of pictures whose URL names no version,
  std::string versioned_;    // and of the others
  std::time_t date_moment_ = 0;
  std::string date_field_;
  std::minstd_rand jitter_;
};

// The fields of a 200 (a Picture's annotation) that do not depend on the request: Content-Type and
// -Length, validators, CORS and the like.
std::string PictureFields(const Picture& picture, const AnswerSettings& settings);

// What follows the head: empty for HEAD and 304.
ByteSpan BodyOf(const Answer& answer, const Response& response, bool is_head);

}  // namespace thimble
