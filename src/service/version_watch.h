// Which versions of which originals the origin has been asked about.
//
// A version parameter (urls.version_parameters) does not change a picture; it says that the
// original may have changed. The first request with a value that was not seen before makes the
// server ask the origin for the original's validator, once for all sizes. A picture that was made
// from that very original goes on being used, any other is made anew. A thousand values cost at
// most a thousand such questions and decode nothing.
//
// Bounded: a mebibyte of keys and values, the least recently used go first; one that was forgotten
// is asked about again. What this cannot see: a picture being made right now from an original that
// was fetched for another size a moment before the version came to be.
//
// Thread-safety: none; one thread.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "service/picture_request.h"
#include "store/memory_cache.h"

namespace thimble {

class VersionWatch {
 public:
  // What is known is known for `max_age`.
  explicit VersionWatch(std::chrono::seconds max_age);

  // True when a picture made of the original with `source_tag` is good enough for `request`: its
  // URL names no version, or the origin gave this tag when it was last asked about this version.
  bool Confirms(const PictureRequest& request, std::string_view source_tag);

  // The origin has just said that the original's tag is `source_tag`.
  void Remember(const PictureRequest& request, std::string source_tag);

 private:
  MemoryCache<std::string> source_tags_;  // by original and version
};

}  // namespace thimble
