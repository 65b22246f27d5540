// One result, ready to be sent as often as it is asked for.
//
// Ownership: a Picture is immutable and shared by the store and everybody who sends it, so its
// bytes are never copied.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/validator.h"
#include "image/image_format.h"

namespace thimble {

struct Picture {
  std::vector<std::uint8_t> bytes;
  ImageFormat format = ImageFormat::kJpeg;
  Validator validator;
  std::string source_tag;  // the original's entity tag, as the origin gave it
  std::string annotation;  // what its sender wants kept beside it, made once
};

}  // namespace thimble
