#include "server/server.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <utility>

#include "async/spawn.h"
#include "server/connection.h"
#include "server/listener.h"
#include "server/picture_handler.h"
#include "server/respond.h"
#include "server/routes.h"
#include "service/pictures.h"

namespace thimble {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

// How late a deadline of a connection may be noticed.
constexpr std::chrono::milliseconds kSweepInterval{50};

// How long those who are refused at the end of a drain may take to read that.
constexpr std::chrono::milliseconds kTimeToSayWhy{500};

Status CheckAnswers(const AnswerSettings& answers) {
  const std::string& text = answers.allow_origin;
  if (std::none_of(text.begin(), text.end(),
                   [](char c) { return (c >= 0 && c < ' ') || c == 127; })) {
    return {};
  }
  return Fail(ErrorCode::kBadSetting, "a control character in the allowed origin");
}

// For coroutines that the server cannot do without: where even their recovery fails, the process
// ends visibly instead of hanging on, and whoever runs it starts another.
auto MustNotThrow(const char* what) {
  return [what](const std::exception_ptr& thrown) {
    if (!thrown) return;
    std::fprintf(stderr, "thimble: %s ended by itself\n", what);
    std::abort();
  };
}

}  // namespace

// Everything the coroutines share; each holds a reference, so it outlives the Server if they do.
struct Server::State {
  State(asio::any_io_executor on, const Settings& settings, Origin& originals, WorkerPool& workers,
        RequestObserver& observer)
      : executor(std::move(on)),
        http(settings.http),
        origin(originals),
        pool(workers),
        pictures(MakePictures(settings)),
        routes(
            MakeHandler(settings), observer, [this] { return Gauges(); },
            settings.workers.max_queued_jobs),
        front{.http = settings.http,
              .routes = routes,
              .responder = Responder(settings.answers, settings.origin.show_forbidden),
              .request_ids = {},
              .observer = observer,
              .connections = {}},
        tick(executor),
        drain_delay(executor) {}

  std::shared_ptr<Pictures> MakePictures(const Settings& settings);
  std::shared_ptr<PictureHandler> MakeHandler(const Settings& settings);
  static asio::awaitable<void> Sweep(std::shared_ptr<State> state);
  ServerGauges Gauges() const;
  void StopAccepting();

  asio::any_io_executor executor;
  HttpSettings http;
  Origin& origin;
  WorkerPool& pool;
  std::shared_ptr<Pictures> pictures;
  Routes routes;
  Front front;
  std::shared_ptr<tcp::acceptor> acceptor;  // null before Start
  asio::steady_timer tick;
  asio::steady_timer drain_delay;
  std::uint64_t former_evictions = 0;  // of pictures that were replaced
  bool stopped = false;
};

std::shared_ptr<Pictures> Server::State::MakePictures(const Settings& settings) {
  PicturesOptions options{
      .limits = settings.pictures,
      .work_limit = settings.http.request_deadline,
      .memory = {.max_bytes = settings.cache.memory_bytes,
                 .max_age = settings.cache.memory_max_age},
      .bad_original_time = settings.cache.bad_original_time,
      .max_originals_in_flight = settings.origin.max_originals_in_flight,
      .max_originals_waiting = settings.workers.max_queued_jobs,
      .admission = {.workers = settings.workers.workers,
                    .standing_wait = settings.http.standing_wait,
                    .burst_wait = settings.http.burst_wait},
      // The rest of the connections is for what waits for nothing.
      .max_waiting = settings.http.max_connections - settings.http.max_connections / 8,
      .annotate = [answers = settings.answers](const Picture& picture) {
        return PictureFields(picture, answers);
      }};
  return std::make_shared<Pictures>(executor, std::move(options), origin, pool);
}

std::shared_ptr<PictureHandler> Server::State::MakeHandler(const Settings& settings) {
  return std::make_shared<PictureHandler>(settings.urls, pictures);
}

ServerGauges Server::State::Gauges() const {
  PicturesStats now = pictures->stats();
  return {.workers = pool.stats(),
          .cache_entries = now.memory.entries,
          .cache_bytes = now.memory.bytes,
          .cache_evictions = former_evictions + now.memory.evictions,
          .connections_open = static_cast<int>(front.connections.size()),
          .requests_in_flight = front.requests_in_flight,
          .requests_waiting = now.waiting,
          .refused_for_queue = now.refused_for_queue,
          .refused_for_waiting = now.refused_for_waiting,
          .predicted_wait = now.predicted_wait,
          .originals_in_flight = now.originals_in_flight,
          .bad_originals = now.bad_originals.remembered,
          .bad_originals_refused = now.bad_originals.refusals,
          .originals_waiting = now.originals_waiting,
          .draining = front.draining,
          .fingerprint = std::move(now.fingerprint)};
}

void Server::State::StopAccepting() {
  boost::system::error_code ignored;
  if (acceptor) acceptor->close(ignored);
}

// Keeps every connection's times until the server is stopped. What throws (out of memory) must not
// end that: without it no client would ever be too slow.
asio::awaitable<void> Server::State::Sweep(std::shared_ptr<State> state) {
  while (!state->stopped) {
    state->tick.expires_after(kSweepInterval);
    co_await state->tick.async_wait(asio::as_tuple(asio::use_awaitable));
    try {
      state->front.connections.TellOverdue(SteadyClock::now());
    } catch (const std::exception& thrown) {
      state->front.observer.OnIncident(std::string("sweep: ") + thrown.what());
    }
  }
}

Expected<std::unique_ptr<Server>> Server::Create(asio::any_io_executor executor,
                                                 const Settings& settings, Origin& origin,
                                                 WorkerPool& pool, RequestObserver& observer) {
  if (Status valid = CheckAnswers(settings.answers); !valid) return Forward(valid);
  auto state = std::make_shared<State>(executor, settings, origin, pool, observer);
  return std::unique_ptr<Server>(new Server(std::move(state)));
}

Server::Server(std::shared_ptr<State> state) : state_(std::move(state)) {}

Server::~Server() { Stop(); }

Expected<BoundAddress> Server::Start() {
  THIMBLE_TRY(tcp::acceptor acceptor, Listen(state_->executor, state_->http));
  const tcp::endpoint bound = acceptor.local_endpoint();
  state_->acceptor = std::make_shared<tcp::acceptor>(std::move(acceptor));
  const std::shared_ptr<Front> front(state_, &state_->front);
  Spawn(state_->executor, AcceptConnections(state_->acceptor, front),
        MustNotThrow("accepting connections"));
  Spawn(state_->executor, State::Sweep(state_), MustNotThrow("the sweep"));
  return BoundAddress{.address = bound.address().to_string(), .port = bound.port()};
}

Status Server::Apply(const Settings& settings, KeptPictures kept) {
  if (Status valid = CheckAnswers(settings.answers); !valid) return valid;
  State& state = *state_;
  state.http = state.front.http = settings.http;
  state.front.responder = Responder(settings.answers, settings.origin.show_forbidden);
  if (kept == KeptPictures::kStay) {
    state.pictures->SetWorkLimit(settings.http.request_deadline);
    state.pictures->SetWaits(settings.http.standing_wait, settings.http.burst_wait);
    return {};
  }
  state.former_evictions += state.pictures->stats().memory.evictions;
  state.pictures = state.MakePictures(settings);
  state.routes.Use(state.MakeHandler(settings));
  return {};
}

asio::awaitable<DrainOutcome> Server::Drain() {
  const std::shared_ptr<State> state = state_;
  state->front.draining = true;
  state->drain_delay.expires_after(state->http.drain_delay);
  co_await state->drain_delay.async_wait(asio::as_tuple(asio::use_awaitable));

  state->StopAccepting();
  ConnectionRegistry& connections = state->front.connections;
  const Deadline deadline = Deadline::After(state->http.drain_timeout);
  while (connections.size() > 0 && !deadline.passed()) {
    connections.AbortIdle();  // again and again: an answer may have been on its way
    const Deadline soon = Deadline::After(kSweepInterval).SoonerOf(deadline);
    co_await connections.WaitForRemoval(soon);
  }
  const bool finished = connections.size() == 0;
  if (!finished) {
    connections.RefuseAll();
    const Deadline last_moment = Deadline::After(kTimeToSayWhy);
    while (connections.size() > 0 && !last_moment.passed()) {
      co_await connections.WaitForRemoval(last_moment);
    }
  }
  Stop();
  co_return finished ? DrainOutcome::kFinished : DrainOutcome::kTimedOut;
}

void Server::Stop() {
  state_->stopped = true;
  state_->front.draining = true;
  state_->StopAccepting();
  // As the executor's own: connections cancel coroutines, which must not happen from outside.
  asio::dispatch(state_->executor, [state = state_] { state->front.connections.AbortAll(); });
  state_->tick.cancel();
  state_->drain_delay.cancel();
}

}  // namespace thimble
