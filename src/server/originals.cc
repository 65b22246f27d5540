#include "server/originals.h"

#include <utility>

namespace thimble {

namespace asio = boost::asio;

namespace {

// At the deadline the fetch itself ends and says why; this is how much longer its waiters listen,
// so that they hear "the origin was too slow" and not only that their time is up.
constexpr std::chrono::milliseconds kTimeToHearTheReason{50};

Deadline LastMoment(Deadline deadline) {
  return Deadline::At(deadline.moment() + kTimeToHearTheReason);
}

}  // namespace

// An original, its place among those in flight and its entry in the table: they go together.
struct Originals::Held {
  Held(Original fetched, Permits::Permit place, std::shared_ptr<State> table, std::string name)
      : original(std::move(fetched)),
        permit(std::move(place)),
        state(std::move(table)),
        key(std::move(name)) {}
  ~Held() { state->held.erase(key); }
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

Originals::Originals(asio::any_io_executor executor, Origin& origin, int at_once, int max_waiting)
    : state_(std::make_shared<State>(origin, at_once, max_waiting)),
      fetches_(executor),
      validations_(executor) {}

asio::awaitable<Expected<Originals::Handle>> Originals::Get(SourceKey key, Deadline deadline) {
  if (Handle shared = state_->Find(key.bytes)) co_return shared;
  std::string name = key.bytes;
  Coalescer<Expected<Handle>>::Work work = [state = state_, key = std::move(key), deadline]() {
    return Fetch(state, key, deadline);
  };
  auto joined = co_await fetches_.Join(std::move(name), std::move(work), LastMoment(deadline));
  co_return std::move(joined.result);
}

asio::awaitable<Expected<SourceValidator>> Originals::Validate(SourceKey key, Deadline deadline) {
  if (const Handle shared = state_->Find(key.bytes)) co_return shared->validator;
  auto validator = co_await AskOrigin(std::move(key), deadline);
  co_return validator;
}

asio::awaitable<Expected<SourceValidator>> Originals::AskOrigin(SourceKey key, Deadline deadline) {
  std::string name = key.bytes;
  Coalescer<Expected<SourceValidator>>::Work work = [state = state_, key = std::move(key),
                                                     deadline]() {
    return state->origin.Stat(key, deadline);
  };
  auto joined = co_await validations_.Join(std::move(name), std::move(work), LastMoment(deadline));
  co_return std::move(joined.result);
}

asio::awaitable<Expected<Originals::Handle>> Originals::Fetch(std::shared_ptr<State> state,
                                                              SourceKey key, Deadline deadline) {
  auto permit = co_await state->permits.Acquire(deadline);
  if (!permit) co_return Forward(permit);
  std::string name = key.bytes;
  auto fetched = co_await state->origin.Fetch(std::move(key), deadline);
  if (!fetched) co_return Forward(fetched);
  const auto held =
      std::make_shared<const Held>(std::move(*fetched), std::move(*permit), state, std::move(name));
  state->held[held->key] = held;
  co_return Handle(held, &held->original);
}

int Originals::in_flight() const { return state_->permits.in_use(); }
int Originals::waiting() const { return state_->permits.waiting(); }

}  // namespace thimble
