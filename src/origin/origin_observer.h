// What an origin tells about itself besides its answers; the log and the metrics implement this.
//
// Thread-safety: called on the executor's one thread; an implementation must not block. Ownership:
// `what` is valid during the call only; `reason` is one of a few words with static lifetime.
#pragma once

#include <string_view>

namespace thimble {

class OriginObserver {
 public:
  virtual ~OriginObserver() = default;
  // The store refuses us, whatever the key: credentials, clock, bucket or region. Told for every
  // request that fails so; `what` names the remedy.
  virtual void OnRefusal(std::string_view reason, std::string_view what) = 0;
  // A request is sent a second time.
  virtual void OnRepeat(std::string_view reason) = 0;
  // Something that an operator should put right, although it does no harm for now.
  virtual void OnNotice(std::string_view reason, std::string_view what) = 0;
};

}  // namespace thimble
