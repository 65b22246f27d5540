// Which requests for a picture that has to be made are taken: those that will not wait long.
//
// A queue that is as long as the deadline helps nobody: under overload everybody waits and most
// pictures are made too late. So a request is taken only if the work before it will be done soon,
// and is otherwise refused at once. The limit has two values, after the controlled delay of network
// queues (CoDel): bursts may wait for `burst_wait`, but once waiting has been longer than
// `standing_wait` for a while and never got short, that is the limit until the queue has drained.
//
// What is before a request is the predicted time of everything that was taken and is not done,
// shared among the workers; predictions are learned from what jobs for such targets took, and from
// how long requests really waited. Where a prediction was wrong, the age of the longest waiting job
// shows it.
//
// Thread-safety: none; one thread.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/deadline.h"
#include "base/error.h"
#include "service/typical_time.h"
#include "spec/transform_spec.h"

namespace thimble {

struct AdmissionOptions {
  int workers = 0;  // 0: everybody is taken
  std::chrono::milliseconds standing_wait{100};
  std::chrono::milliseconds burst_wait{400};
};

// What else decides how long a request takes.
struct Surroundings {
  std::chrono::microseconds oldest{0};  // how long the longest waiting job waits for a worker
  std::chrono::microseconds fetch{0};   // how long it takes to fetch an original
};

class Admission {
  struct Backlog;

 public:
  // A place among what is under way; given back when it is destroyed. May outlive the Admission.
  class Place {
   public:
    Place(std::shared_ptr<Backlog> backlog, const TransformSpec& spec,
          std::chrono::microseconds cost, std::chrono::microseconds fetch,
          SteadyClock::time_point now);
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place();

   private:
    friend class Admission;

    std::shared_ptr<Backlog> backlog_;
    TransformSpec spec_;
    std::chrono::microseconds cost_;
    std::chrono::microseconds before_;  // of what was taken earlier, for one worker
    std::chrono::microseconds fetch_;
    SteadyClock::time_point entered_;
  };

  explicit Admission(const AdmissionOptions& options);

  // Errors: kOverloaded.
  Expected<std::shared_ptr<Place>> Enter(const TransformSpec& spec, const Surroundings& around,
                                         Deadline deadline, SteadyClock::time_point now);

  // For requests that come from now on.
  void SetWaits(std::chrono::milliseconds standing, std::chrono::milliseconds burst) {
    options_.standing_wait = standing;
    options_.burst_wait = burst;
  }

  // What was taken with `place` is done, and occupied a worker for so long.
  void Learn(const Place& place, std::chrono::microseconds worked, SteadyClock::time_point now);

  // How long a request that came now would wait.
  std::chrono::microseconds predicted_wait() const;
  std::uint64_t refusals() const { return refusals_; }

 private:
  static constexpr std::size_t kKinds = 4 * 12;  // formats by sizes of the box

  void LearnOfWaiting(const Place& place, std::chrono::microseconds took);
  static std::size_t KindOf(const TransformSpec& spec);
  std::chrono::microseconds Limit(std::chrono::microseconds wait, std::chrono::microseconds fetch,
                                  SteadyClock::time_point now);

  AdmissionOptions options_;
  std::shared_ptr<Backlog> backlog_;
  std::array<TypicalTime, kKinds> job_times_;
  double real_per_predicted_ = 1;  // of waiting: workers are not always at work
  SteadyClock::time_point latest_short_wait_;
  std::uint64_t refusals_ = 0;
};

}  // namespace thimble
