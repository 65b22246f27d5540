// One libcurl multi handle, driven by an Asio executor.
//
// libcurl says which of its sockets it waits for and when it wants to be called because of time.
// Usual integrations wrap each socket into an Asio object. Then both sides may close it, and a late
// event may belong to an older socket with the same number. Here libcurl's sockets are in an epoll
// set of our own, and Asio watches that set as one descriptor: the kernel takes closed sockets out
// of it, and no object is shared for a single socket.
//
// Thread-safety: everything on the executor's one thread. Ownership: easy handles stay the
// caller's. Must not outlive the executor's context. While no transfer runs it keeps no work
// pending, so that a context whose work is done can return from run().
#pragma once

#include <curl/curl.h>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>

#include "base/c_ptr.h"
#include "base/error.h"
#include "base/unique_fd.h"

namespace thimble {

using CurlEasy = CPtr<CURL, &curl_easy_cleanup>;

// Keeps libcurl's global state alive; counted and thread-safe inside libcurl.
class CurlLibrary {
 public:
  CurlLibrary();
  ~CurlLibrary();
  CurlLibrary(const CurlLibrary&) = delete;
  CurlLibrary& operator=(const CurlLibrary&) = delete;

  bool ready() const { return ready_; }

 private:
  bool ready_;
};

class CurlMulti : public std::enable_shared_from_this<CurlMulti> {
 public:
  class Listener {
   public:
    // Once a transfer, and never from inside Start or Stop. The transfer has already left.
    virtual void TransferFinished(CURLcode result) = 0;

   protected:
    ~Listener() = default;
  };

  // `max_idle_connections` are kept for reuse.
  static Expected<std::shared_ptr<CurlMulti>> Create(const boost::asio::any_io_executor& executor,
                                                     long max_idle_connections);
  ~CurlMulti();
  CurlMulti(const CurlMulti&) = delete;
  CurlMulti& operator=(const CurlMulti&) = delete;

  // Begins `easy`, whose CURLOPT_PRIVATE becomes ours. `listener` must live until it is told of the
  // end or Stop has been called.
  Status Start(CURL* easy, Listener& listener);
  // Breaks off a transfer that has not finished; its listener is not told.
  void Stop(CURL* easy);

 private:
  using Multi = CPtr<CURLM, &curl_multi_cleanup>;

  CurlMulti(const boost::asio::any_io_executor& executor, UniqueFd socket_set);

  static int OnSocket(CURL* easy, curl_socket_t socket, int what, void* self, void* known);
  static int OnTimer(CURLM* multi, long timeout_ms, void* self);

  void WatchSocket(curl_socket_t socket, int what, bool known);
  void SetTimer(long timeout_ms);
  void TurnSoon();
  void HandleTimeout();
  void WaitForSockets();
  void HandleReadySockets();
  void ReportFinished();
  void TransferLeft();

  CurlLibrary library_;
  boost::asio::steady_timer timer_;
  boost::asio::posix::stream_descriptor socket_set_;  // owns the epoll descriptor
  int running_ = 0;
  bool waiting_ = false;
  bool turn_posted_ = false;
  Multi multi_;  // destroyed first: its end calls back into the members above
};

}  // namespace thimble
