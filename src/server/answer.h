// What a request is answered with, as values; respond.h turns it into bytes.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "base/error.h"
#include "base/validator.h"
#include "observe/records.h"
#include "service/picture.h"
#include "service/stage_times.h"

namespace thimble {

struct SendPicture {
  std::shared_ptr<const Picture> picture;
};
struct NotModified {
  Validator validator;
};
struct PlainText {
  int status = 200;
  std::string_view media_type = "text/plain; charset=utf-8";
  std::string text;
};
// What OPTIONS asks for: the methods, and CORS's permission.
struct Capabilities {};

struct Answer {
  // As long as nothing is put here, the answer is an internal error.
  std::variant<Error, SendPicture, NotModified, PlainText, Capabilities> content;
  bool varies_by_accept = false;
  bool names_version = false;  // the URL does: what is new has another one
  // For the record of the request.
  Route route = Route::kNone;
  CacheState cache = CacheState::kNone;
  StageTimes stages;
  std::string variant;  // CanonicalText, once it is known
};

}  // namespace thimble
