#include "origin/renewed_credentials.h"

#include <algorithm>
#include <optional>
#include <random>
#include <utility>

#include "async/spawn.h"
#include "async/wait_list.h"

namespace thimble {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using WallSpan = WallTime::duration;

// Instances' services have new keys five minutes before the old ones end; no sooner.
constexpr minutes kLongestLead{5};
constexpr seconds kShortestLife{1};
constexpr minutes kLifeOfOutdated{1};
constexpr milliseconds kFirstWait{1000};
constexpr milliseconds kLongestWait{60'000};
constexpr seconds kRenewalLimit{15};
// Keys that are refused sooner than this after they were fetched count as a failure: a store that
// knows none of them must not make us ask for new ones at every request.
constexpr minutes kTrial{1};

}  // namespace

KeyLifetime LifetimeOf(const Credentials& keys, WallTime obtained, double jitter) {
  if (!keys.expires) return {};
  WallSpan life = *keys.expires - obtained;
  if (life <= WallSpan::zero()) life = kLifeOfOutdated;
  life = std::max<WallSpan>(life, kShortestLife);
  const WallSpan lead = std::min<WallSpan>(kLongestLead, life / 4);
  const auto jittered = std::chrono::duration_cast<WallSpan>(lead * (1.0 - 0.2 * jitter));
  return {.renew_at = obtained + life - jittered, .usable_until = obtained + life};
}

milliseconds WaitAfterFailures(int failures, double jitter) {
  const int doublings = std::clamp(failures - 1, 0, 10);
  const milliseconds wait = std::min(kLongestWait, kFirstWait * (1 << doublings));
  return std::chrono::duration_cast<milliseconds>(wait * (1.0 - 0.25 * jitter));
}

class RenewedCredentials::State : public std::enable_shared_from_this<State> {
 public:
  State(boost::asio::any_io_executor executor, std::unique_ptr<CredentialsSource> source,
        CredentialsObserver* observer, WallClock clock)
      : executor_(std::move(executor)),
        source_(std::move(source)),
        observer_(observer),
        clock_(std::move(clock)),
        random_(std::random_device()()) {}

  boost::asio::awaitable<Expected<Credentials>> Current(Deadline deadline) {
    const WallTime now = clock_();
    if (source_->Changed(now)) NoteChange(now);
    if (!renewing_ && now >= next_attempt_ && WantsRenewal(now)) BeginRenewal();
    if (renewing_ && !Usable(now)) {
      co_await waiting_.Wait(deadline);
      if (renewing_) co_return Fail(ErrorCode::kOriginTimeout, source_->name() + " takes too long");
    }
    if (Usable(clock_())) co_return *keys_;
    Error error = last_error_;
    // Of no use to a visitor, who only sees that originals cannot be had.
    if (error.code == ErrorCode::kBadSetting) error.code = ErrorCode::kOriginFailed;
    error.detail = "no keys from " + source_->name() + ": " + error.detail;
    co_return tl::unexpected<Error>(std::move(error));
  }

  void Refused(const Credentials& used) {
    if (!keys_ || used != *keys_ || unwanted_) return;
    unwanted_ = true;
    const WallTime now = clock_();
    const bool on_trial = now - obtained_ < kTrial;
    failures_ = on_trial ? failures_ + 1 : 0;
    next_attempt_ = failures_ > 1 ? now + WaitAfterFailures(failures_ - 1, Jitter()) : now;
  }

 private:
  double Jitter() { return std::uniform_real_distribution<double>(0, 1)(random_); }

  // A change says that something new can be had, however often it could not before.
  void NoteChange(WallTime now) {
    unwanted_ = true;
    failures_ = 0;
    next_attempt_ = now;
  }

  bool WantsRenewal(WallTime now) const {
    return !keys_ || unwanted_ || now >= lifetime_.renew_at || now >= lifetime_.usable_until;
  }

  // Refused keys are better than none where no newer ones can be had: it may be the store's fault.
  bool Usable(WallTime now) const {
    return keys_ && now < lifetime_.usable_until && !(unwanted_ && renewing_);
  }

  void BeginRenewal() {
    renewing_ = true;
    Spawn(executor_, Renew(shared_from_this()));
  }

  // Belongs to no request: who began it may go away, and the others still get their keys.
  static boost::asio::awaitable<void> Renew(std::shared_ptr<State> self) {
    Expected<Credentials> fetched = co_await self->source_->Fetch(Deadline::After(kRenewalLimit));
    self->renewing_ = false;
    if (fetched) {
      self->Accept(std::move(*fetched));
    } else {
      self->NoteFailure(std::move(fetched.error()));
    }
    self->waiting_.WakeAll();
  }

  void Accept(Credentials keys) {
    if (!unwanted_) failures_ = 0;
    unwanted_ = false;
    obtained_ = clock_();
    lifetime_ = LifetimeOf(keys, obtained_, Jitter());
    keys_ = std::move(keys);
    if (observer_ != nullptr) observer_->OnCredentialsObtained(source_->name(), keys_->expires);
  }

  void NoteFailure(Error error) {
    last_error_ = std::move(error);
    ++failures_;
    next_attempt_ = clock_() + WaitAfterFailures(failures_, Jitter());
    if (observer_ != nullptr) observer_->OnCredentialsFailed(source_->name(), last_error_);
  }

  boost::asio::any_io_executor executor_;
  std::unique_ptr<CredentialsSource> source_;
  CredentialsObserver* observer_;
  WallClock clock_;
  std::minstd_rand random_;

  std::optional<Credentials> keys_;
  KeyLifetime lifetime_;
  WallTime obtained_{};
  bool unwanted_ = false;  // refused by the store, or changed at the source
  bool renewing_ = false;
  int failures_ = 0;  // in a row
  WallTime next_attempt_ = WallTime::min();
  Error last_error_{ErrorCode::kOriginFailed, "the store refuses what it hands out"};
  WaitList waiting_;
};

RenewedCredentials::RenewedCredentials(boost::asio::any_io_executor executor,
                                       std::unique_ptr<CredentialsSource> source,
                                       CredentialsObserver* observer, WallClock clock)
    : state_(std::make_shared<State>(std::move(executor), std::move(source), observer,
                                     std::move(clock))) {}

RenewedCredentials::~RenewedCredentials() = default;

boost::asio::awaitable<Expected<Credentials>> RenewedCredentials::Current(Deadline deadline) {
  return state_->Current(deadline);
}

void RenewedCredentials::Refused(const Credentials& used) { state_->Refused(used); }

}  // namespace thimble
