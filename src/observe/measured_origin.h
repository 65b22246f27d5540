// An origin of any kind whose fetches are counted: so it can be seen that a cache or the coalescer
// kept requests away from the store. The origin can be replaced while the server runs.
//
// Thread-safety, errors: as Origin. Ownership: owns the origin, borrows the metrics. An origin that
// was replaced lives until its last fetch has ended.
#pragma once

#include <memory>
#include <utility>

#include "observe/metrics.h"
#include "origin/origin.h"

namespace thimble {

class MeasuredOrigin : public Origin {
 public:
  MeasuredOrigin(std::shared_ptr<Origin> origin, Metrics& metrics)
      : origin_(std::move(origin)), metrics_(metrics) {}

  // For fetches from now on.
  void Replace(std::shared_ptr<Origin> origin) { origin_ = std::move(origin); }

  boost::asio::awaitable<Expected<Original>> Fetch(SourceKey key, Deadline deadline) override;
  boost::asio::awaitable<Expected<SourceValidator>> Stat(SourceKey key, Deadline deadline) override;

 private:
  std::shared_ptr<Origin> origin_;
  Metrics& metrics_;
};

}  // namespace thimble
