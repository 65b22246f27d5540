// What request targets ask for, remembered for those that come again.
//
// Reading a target is a pure function of the target, Accept and the operator's policy. It costs
// several times as much as finding its picture in the memory cache, and the same few targets come
// again and again. The memory is bounded whatever clients send: there is a fixed number of places,
// a long target gets none, and a target whose place is taken replaces the one that was there.
//
// Thread-safety: none; one thread. Ownership: a Target is immutable and shared.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "service/picture_request.h"
#include "url/policy.h"

namespace thimble {

struct Target {
  PictureRequest request;
  bool varies_by_accept = false;
};

class RecentTargets {
 public:
  explicit RecentTargets(UrlPolicy policy);

  // What ParseResizeRequest reads of them. Errors: its own; they are not remembered.
  Expected<std::shared_ptr<const Target>> Read(std::string_view target, std::string_view accept);

 private:
  struct Place {
    std::string target;
    std::string accept;
    std::shared_ptr<const Target> read;  // null: free
  };

  const UrlPolicy policy_;
  std::vector<Place> places_;
};

}  // namespace thimble
