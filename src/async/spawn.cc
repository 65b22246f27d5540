#include "async/spawn.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <utility>

namespace thimble {

void Spawn(const boost::asio::any_io_executor& executor, boost::asio::awaitable<void> work,
           Ended ended, boost::asio::cancellation_slot slot) {
  auto end = [ended = std::move(ended)](std::exception_ptr thrown) {
    if (ended) ended(std::move(thrown));
  };
  boost::asio::co_spawn(executor, std::move(work),
                        boost::asio::bind_cancellation_slot(slot, std::move(end)));
}

}  // namespace thimble
