// Waits on the executor until a borrowed descriptor can be read.
//
// Thread-safety: the executor's one thread. Ownership: the descriptor stays its owner's and must
// outlive the watch. A callback may still run after the watch is gone: it should hold its owner
// weakly.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <utility>

namespace thimble {

class FdWatch {
 public:
  FdWatch(const boost::asio::any_io_executor& executor, int fd) : descriptor_(executor, fd) {}
  FdWatch(const FdWatch&) = delete;
  FdWatch& operator=(const FdWatch&) = delete;
  // Otherwise Asio would close the descriptor.
  ~FdWatch() { static_cast<void>(descriptor_.release()); }

  // Once; also at an end of file.
  template <class Callback>
  void WhenReadable(Callback callback) {
    descriptor_.async_wait(
        boost::asio::posix::stream_descriptor::wait_read,
        [callback = std::move(callback)](const boost::system::error_code& error) mutable {
          if (!error) callback();
        });
  }

 private:
  boost::asio::posix::stream_descriptor descriptor_;
};

}  // namespace thimble
