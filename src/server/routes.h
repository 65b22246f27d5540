// Which part of the server answers a request: the operator's paths, else a picture.
//
//   /         a short page that says how to ask for a picture
//   /livez    200 as long as the server answers at all
//   /readyz   200 while pictures can be made: a worker is alive, the queue is not almost full, and
//             the server is not draining; else 503. The origin's state does not count, because a
//             restart of this server would not change it.
//   /metrics  Prometheus text format
//
// Thread-safety: none; one thread.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <utility>

#include "http/request_head.h"
#include "observe/records.h"
#include "server/answer.h"
#include "server/picture_handler.h"

namespace thimble {

class Routes {
 public:
  // `gauges` gives the present state; `max_queued_jobs` is what /readyz measures the queue by.
  Routes(std::shared_ptr<PictureHandler> pictures, RequestObserver& observer,
         std::function<ServerGauges()> gauges, int max_queued_jobs);

  // The answer, where nothing has to be waited for: see PictureHandler.
  Begun Begin(const RequestHead& head);
  // `head` and what it views must stay until the coroutine is done.
  boost::asio::awaitable<Answer> Finish(Begun begun, const RequestHead& head, Deadline deadline);

  // For requests that begin from now on.
  void Use(std::shared_ptr<PictureHandler> pictures) { pictures_ = std::move(pictures); }

 private:
  Answer Readiness() const;
  Answer Metrics() const;

  std::shared_ptr<PictureHandler> pictures_;
  RequestObserver& observer_;
  std::function<ServerGauges()> gauges_;
  int max_queued_jobs_;
};

}  // namespace thimble
