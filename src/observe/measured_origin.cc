#include "observe/measured_origin.h"

#include <utility>

namespace thimble {

boost::asio::awaitable<Expected<Original>> MeasuredOrigin::Fetch(SourceKey key, Deadline deadline) {
  metrics_.CountFetch();
  const std::shared_ptr<Origin> origin = origin_;
  Expected<Original> original = co_await origin->Fetch(std::move(key), deadline);
  if (!original) metrics_.CountFetchFailure(original.error().code);
  co_return original;
}

boost::asio::awaitable<Expected<SourceValidator>> MeasuredOrigin::Stat(SourceKey key,
                                                                       Deadline deadline) {
  const std::shared_ptr<Origin> origin = origin_;
  co_return co_await origin->Stat(std::move(key), deadline);
}

}  // namespace thimble
