#include "service/originals.h"

#include <boost/asio/this_coro.hpp>
#include <utility>

#include "async/cancelled.h"

namespace thimble {

namespace asio = boost::asio;

// An original, its place among those in flight and its entry in the table: they go together.
struct Originals::Held {
  Held(Original fetched, Permits::Permit place, std::shared_ptr<State> table, std::string name)
      : original(std::move(fetched)),
        permit(std::move(place)),
        state(std::move(table)),
        key(std::move(name)) {}
  // A fetch that was cancelled too late to be stopped may have been followed by another, whose
  // entry this is not.
  ~Held() {
    const auto entry = state->held.find(key);
    if (entry != state->held.end() && entry->second.expired()) state->held.erase(entry);
  }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;

  Original original;
  Permits::Permit permit;
  std::shared_ptr<State> state;
  std::string key;
};

Originals::Handle Originals::State::Find(const std::string& key) const {
  const auto found = held.find(key);
  if (found == held.end()) return nullptr;
  const std::shared_ptr<const Held> still_held = found->second.lock();
  if (!still_held) return nullptr;
  return Handle(still_held, &still_held->original);
}

Originals::Originals(asio::any_io_executor executor, Origin& origin, const OriginalsLimits& limits)
    : state_(std::make_shared<State>(origin, limits)), fetches_(executor), validations_(executor) {}

asio::awaitable<Expected<Originals::Handle>> Originals::Get(SourceKey key, Deadline deadline) {
  if (Handle shared = state_->Find(key.bytes)) co_return shared;
  std::string name = key.bytes;
  Coalescer<Expected<Handle>>::Work work = [state = state_, key = std::move(key)]() {
    return Fetch(state, key);
  };
  auto joined = co_await fetches_.Join(std::move(name), std::move(work), deadline);
  co_return std::move(joined.result);
}

asio::awaitable<Expected<SourceValidator>> Originals::Validate(SourceKey key, Deadline deadline) {
  if (const Handle shared = state_->Find(key.bytes)) co_return shared->validator;
  auto validator = co_await AskOrigin(std::move(key), deadline);
  co_return validator;
}

asio::awaitable<Expected<SourceValidator>> Originals::AskOrigin(SourceKey key, Deadline deadline) {
  std::string name = key.bytes;
  Coalescer<Expected<SourceValidator>>::Work work = [state = state_, key = std::move(key)]() {
    return state->origin.Stat(key, Deadline::After(state->fetch_limit));
  };
  auto joined = co_await validations_.Join(std::move(name), std::move(work), deadline);
  co_return std::move(joined.result);
}

asio::awaitable<Expected<Originals::Handle>> Originals::Fetch(std::shared_ptr<State> state,
                                                              SourceKey key) {
  auto permit = co_await state->permits.Acquire(Deadline::Never());
  if (!permit) co_return Forward(permit);
  if (IsCancelled(co_await asio::this_coro::cancellation_state)) {
    co_return Fail(ErrorCode::kDeadlineExceeded, "nobody waits for the original any more");
  }
  std::string name = key.bytes;
  const auto begin = SteadyClock::now();
  auto fetched = co_await state->origin.Fetch(std::move(key), Deadline::After(state->fetch_limit));
  state->fetch_time.Learn(
      std::chrono::duration_cast<std::chrono::microseconds>(SteadyClock::now() - begin));
  if (!fetched) co_return Forward(fetched);
  const auto held =
      std::make_shared<const Held>(std::move(*fetched), std::move(*permit), state, std::move(name));
  state->held[held->key] = held;
  co_return Handle(held, &held->original);
}

int Originals::in_flight() const { return state_->permits.in_use(); }
int Originals::waiting() const { return state_->permits.waiting(); }

}  // namespace thimble
