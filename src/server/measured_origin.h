// An origin whose fetches are counted, whatever kind it is: proof that a cache or the coalescer
// kept requests away from the store.
//
// Thread-safety, errors: as Origin. Ownership: owns the origin, borrows the metrics.
#pragma once

#include <memory>

#include "origin/origin.h"
#include "server/metrics.h"

namespace thimble {

class MeasuredOrigin : public Origin {
 public:
  MeasuredOrigin(std::unique_ptr<Origin> origin, Metrics& metrics)
      : origin_(std::move(origin)), metrics_(metrics) {}

  boost::asio::awaitable<Expected<Original>> Fetch(SourceKey key, Deadline deadline) override;
  boost::asio::awaitable<Expected<SourceValidator>> Stat(SourceKey key, Deadline deadline) override;

 private:
  std::unique_ptr<Origin> origin_;
  Metrics& metrics_;
};

}  // namespace thimble
