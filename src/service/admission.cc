#include "service/admission.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace thimble {
namespace {

using std::chrono::microseconds;

constexpr double kWeightOfLatest = 1.0 / 16;
// Until such jobs have been seen: of a photograph at a common size.
constexpr microseconds kFirstGuess{6'000};
// Where waiting is compared with what was predicted.
constexpr microseconds kWorthComparing{40'000};
// A job that waits for so many times the limit shows that predictions are wrong. Those that were
// taken last wait for about the limit.
constexpr int kOverdue = 2;
// For how long waiting may be over the standing limit before that is no burst any more.
constexpr std::chrono::milliseconds kBurst{500};

template <std::size_t... kIndex>
std::array<TypicalTime, sizeof...(kIndex)> Guesses(std::index_sequence<kIndex...> /*unused*/) {
  return {((void)kIndex, TypicalTime(kFirstGuess))...};
}

}  // namespace

struct Admission::Backlog {
  microseconds cost{0};  // of all that was taken and is not done, for one worker
};

Admission::Place::Place(std::shared_ptr<Backlog> backlog, const TransformSpec& spec,
                        microseconds cost, microseconds fetch, SteadyClock::time_point now)
    : backlog_(std::move(backlog)),
      spec_(spec),
      cost_(cost),
      before_(backlog_->cost),
      fetch_(fetch),
      entered_(now) {
  backlog_->cost += cost_;
}

Admission::Place::~Place() { backlog_->cost -= cost_; }

Admission::Admission(const AdmissionOptions& options)
    : options_(options),
      backlog_(std::make_shared<Backlog>()),
      job_times_(Guesses(std::make_index_sequence<kKinds>())) {}

// By the format and the order of magnitude of the box.
std::size_t Admission::KindOf(const TransformSpec& spec) {
  constexpr std::size_t kSizes = kKinds / 4;
  const auto format = PreferredFormat(spec);
  const auto side = static_cast<std::uint32_t>(std::max(spec.width, spec.height));
  const std::size_t size = std::min<std::size_t>(std::bit_width(side / 16), kSizes - 1);
  const std::size_t which = format ? static_cast<std::size_t>(*format) % 4 : 0;
  return which * kSizes + size;
}

Expected<std::shared_ptr<Admission::Place>> Admission::Enter(const TransformSpec& spec,
                                                             const Surroundings& around,
                                                             Deadline deadline,
                                                             SteadyClock::time_point now) {
  const microseconds cost = job_times_[KindOf(spec)].mean();
  const microseconds wait = predicted_wait();
  const microseconds limit = Limit(wait, around.fetch, now);
  const bool fits = wait <= limit && around.oldest <= limit * kOverdue &&
                    now + wait + cost + around.fetch <= deadline.moment();
  if (options_.workers > 0 && !fits) {
    ++refusals_;
    return Fail(ErrorCode::kOverloaded, "the work before it would take too long");
  }
  return std::make_shared<Place>(backlog_, spec, cost, around.fetch, now);
}

// Work that still waits for its original occupies no worker; as much of it is under way at full
// load as a fetch takes.
microseconds Admission::Limit(microseconds wait, microseconds fetch, SteadyClock::time_point now) {
  const microseconds standing = options_.standing_wait + fetch;
  if (wait * 2 < standing) latest_short_wait_ = now;
  if (now - latest_short_wait_ > kBurst) return standing;
  return options_.burst_wait + fetch;
}

void Admission::Learn(const Place& place, microseconds worked, SteadyClock::time_point now) {
  job_times_[KindOf(place.spec_)].Learn(worked);
  const auto passed = std::chrono::duration_cast<microseconds>(now - place.entered_);
  LearnOfWaiting(place, std::max(passed - place.fetch_, microseconds(0)));
}

// `took`: from its entry to its end, without the fetch. A short queue tells nothing of a long one,
// but while queues are short what was learned is forgotten: a limit that has become too small would
// otherwise keep them short, and nothing would ever correct it.
void Admission::LearnOfWaiting(const Place& place, microseconds took) {
  const microseconds predicted = place.before_ / std::max(options_.workers, 1) + place.cost_;
  const double ratio = predicted < kWorthComparing ? 1.0
                                                   : static_cast<double>(took.count()) /
                                                         static_cast<double>(predicted.count());
  real_per_predicted_ += (std::clamp(ratio, 0.25, 8.0) - real_per_predicted_) * kWeightOfLatest;
}

microseconds Admission::predicted_wait() const {
  const double predicted =
      static_cast<double>(backlog_->cost.count()) / std::max(options_.workers, 1);
  return microseconds(static_cast<std::int64_t>(predicted * real_per_predicted_));
}

}  // namespace thimble
