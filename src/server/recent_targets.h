// What request targets ask for, remembered for those that come again.
//
// Reading a target is a pure function of the target, Accept and the operator's policy. It costs
// several times as much as finding its picture in the memory cache, and the same few targets come
// again and again. The memory is bounded whatever clients send: there is a fixed number of places,
// a long target gets none, and a target whose place is taken replaces the one that was there.
//
// Thread-safety: none; one thread. Ownership: what is wanted is immutable and shared.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/source_key.h"
#include "spec/transform_spec.h"
#include "url/request_url.h"

namespace thimble {

// One variant of one original.
struct Wanted {
  explicit Wanted(ResizeRequest asked);

  SourceKey key;
  TransformSpec spec;
  std::string variant;    // CanonicalText
  std::string cache_key;  // no two variants of any originals share it
  // The original and what the URL's version parameters say; empty without them. No part of the
  // cache's key: see version_watch.h.
  std::string version_key;
  bool varies_by_accept;
};

class RecentTargets {
 public:
  explicit RecentTargets(UrlPolicy policy);

  // What ParseResizeRequest reads of them. Errors: its own; they are not remembered.
  Expected<std::shared_ptr<const Wanted>> Read(std::string_view target, std::string_view accept);

 private:
  struct Place {
    std::string target;
    std::string accept;
    std::shared_ptr<const Wanted> wanted;  // null: free
  };

  const UrlPolicy policy_;
  std::vector<Place> places_;
};

}  // namespace thimble
