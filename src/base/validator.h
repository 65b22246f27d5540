// What HTTP and the service both call a version of a picture.
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace thimble {

// What names the present version of a picture.
struct Validator {
  std::string entity_tag;  // strong, with its quotes
  std::optional<std::chrono::sys_seconds> last_modified;
};

}  // namespace thimble
