// What a request is answered with, as values; respond.h turns it into bytes.
//
// Ownership: a Picture is immutable and shared by the cache and everybody who sends it, so its
// bytes are never copied.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.h"
#include "http/conditional.h"
#include "image/image_format.h"
#include "observe/records.h"

namespace thimble {

struct Picture {
  std::vector<std::uint8_t> bytes;
  ImageFormat format = ImageFormat::kJpeg;
  Validator validator;
  std::string source_tag;  // the original's entity tag, as the origin gave it
  std::string fields;      // its header fields, made once: see PictureFields in respond.h
};

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
  // For the record of the request.
  Route route = Route::kNone;
  CacheState cache = CacheState::kNone;
  StageTimes stages;
  std::string variant;  // CanonicalText, once it is known
};

}  // namespace thimble
