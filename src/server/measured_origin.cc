#include "server/measured_origin.h"

#include <utility>

namespace thimble {

boost::asio::awaitable<Expected<Original>> MeasuredOrigin::Fetch(SourceKey key, Deadline deadline) {
  metrics_.CountFetch();
  Expected<Original> original = co_await origin_->Fetch(std::move(key), deadline);
  if (!original) metrics_.CountFetchFailure(original.error().code);
  co_return original;
}

boost::asio::awaitable<Expected<SourceValidator>> MeasuredOrigin::Stat(SourceKey key,
                                                                       Deadline deadline) {
  return origin_->Stat(std::move(key), deadline);
}

}  // namespace thimble
