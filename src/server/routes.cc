#include "server/routes.h"

#include <string_view>
#include <utility>

#include "server/front_page.h"

namespace thimble {
namespace {

Answer Text(Route route, int status, std::string text) {
  Answer answer;
  answer.route = route;
  answer.content = PlainText{.status = status, .text = std::move(text)};
  return answer;
}

Answer Refusal(ErrorCode code, std::string detail = {}) {
  Answer answer;
  answer.content = Error{code, std::move(detail)};
  return answer;
}

}  // namespace

Routes::Routes(std::shared_ptr<PictureHandler> pictures, RequestObserver& observer,
               std::function<ServerGauges()> gauges, int max_queued_jobs)
    : pictures_(std::move(pictures)),
      observer_(observer),
      gauges_(std::move(gauges)),
      max_queued_jobs_(max_queued_jobs) {}

Begun Routes::Begin(const RequestHead& head) {
  if (head.method == Method::kOther) return {Refusal(ErrorCode::kMethodNotAllowed), nullptr};
  if (head.has_body) return {Refusal(ErrorCode::kMalformedRequest, "a body"), nullptr};
  if (head.method == Method::kOptions) {
    Answer answer;
    answer.content = Capabilities{};
    return {std::move(answer), nullptr};
  }
  const std::string_view path = head.target.substr(0, head.target.find('?'));
  if (path == "/") return {Text(Route::kFrontPage, 200, FrontPage()), nullptr};
  if (path == "/livez") return {Text(Route::kLiveness, 200, "ok\n"), nullptr};
  if (path == "/readyz") return {Readiness(), nullptr};
  if (path == "/metrics") return {Metrics(), nullptr};
  return pictures_->Begin(head);
}

// The handler may be replaced meanwhile.
boost::asio::awaitable<Answer> Routes::Finish(Begun begun, const RequestHead& head,
                                              Deadline deadline) {
  const std::shared_ptr<PictureHandler> pictures = pictures_;
  co_return co_await pictures->Finish(std::move(begun), head, deadline);
}

Answer Routes::Readiness() const {
  const ServerGauges now = gauges_();
  const int queued = now.workers.jobs_queued + now.originals_waiting;
  Answer answer = Text(Route::kReadiness, 200, "ok\n");
  if (now.draining) {
    answer.content = Error{ErrorCode::kDraining, {}};
  } else if (now.workers.workers_alive < 1) {
    answer.content = Error{ErrorCode::kOverloaded, "no worker is alive"};
  } else if (queued * 10 >= max_queued_jobs_ * 9) {
    answer.content = Error{ErrorCode::kOverloaded, "the queue is almost full"};
  }
  return answer;
}

Answer Routes::Metrics() const {
  Answer answer = Text(Route::kMetrics, 200, observer_.RenderMetrics(gauges_()));
  std::get<PlainText>(answer.content).media_type = "text/plain; version=0.0.4; charset=utf-8";
  return answer;
}

}  // namespace thimble
