// Keeps the wanted number of workers alive: runs the zygote, replaces workers that died or were
// discarded, and the zygote itself. Knows nothing of batches beyond passing them on.
//
// All workers of one zygote have its address-space layout. An attacker who tries to guess it makes
// workers crash, so after several crashes a fresh zygote takes over (`RenewZygote`). The workers of
// the old one are outdated: they finish what they do, and whoever gives them batches discards them.
//
// Thread-safety: the executor's one thread. Ownership: owns all processes; shared only so that
// callbacks still under way can find that it is gone. Errors: kBadSetting, kSystem.
#pragma once

#include <sys/types.h>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "worker/backoff.h"
#include "worker/fd_watch.h"
#include "worker/protocol.h"
#include "worker/stderr_drain.h"
#include "worker/worker_process.h"
#include "worker/zygote_client.h"

namespace thimble {

using WorkerId = std::uint64_t;  // never used twice

// How a worker came to an end that nobody had asked for.
struct WorkerLoss {
  bool with_zygote = false;   // all of them died
  bool batch_unread = false;  // it never looked at its batch
  int wait_status = 0;        // waitpid(2)'s, if not `with_zygote`

  // Nothing about the batch can have been the cause.
  bool batch_is_innocent() const { return with_zygote || batch_unread; }
};

class WorkerEvents {
 public:
  virtual void OnWorkerReady(WorkerId worker) = 0;
  // A fresh zygote is ready to replace the outdated workers as they are discarded.
  virtual void OnWorkersOutdated() = 0;
  virtual void OnWorkerAnswer(WorkerId worker, const AnswerMessage& answer) = 0;
  // It said something that no honest worker says. The callee discards it.
  virtual void OnWorkerNonsense(WorkerId worker, const std::string& what) = 0;
  // Never called for discarded workers, nor for those that were not ready yet.
  virtual void OnWorkerLost(WorkerId worker, const WorkerLoss& loss) = 0;

 protected:
  ~WorkerEvents() = default;
};

class WorkerSupervisor : public std::enable_shared_from_this<WorkerSupervisor> {
 public:
  // `events` must outlive this object. `stderr_lines` gets what the processes write to standard
  // error; without it they use this process's own.
  WorkerSupervisor(boost::asio::any_io_executor executor, int wanted, ZygoteOptions options,
                   WorkerEvents& events, LineSink stderr_lines);

  // Waits for the zygote; the workers come up while the executor runs.
  Status Start();
  void Stop();

  // Whether a batch can be given to it: it is alive and has sent nothing that it was not asked for.
  bool IsQuiet(WorkerId worker) const;
  Status SendBatch(WorkerId worker, const BatchMessage& batch, int source_fd, int output_fd);
  // Kills and replaces it.
  void Discard(WorkerId worker);
  // Starts a fresh zygote beside the one there is, as soon as that has nothing to do and the one
  // before has gone.
  void RenewZygote();
  // It should be discarded as soon as it has nothing to do.
  bool IsOutdated(WorkerId worker) const;

  int ready_workers() const;
  std::uint64_t zygote_restarts() const { return zygote_restarts_; }
  std::uint64_t stderr_lines_dropped() const { return stderr_ ? stderr_->dropped() : 0; }
  const SandboxReport& sandbox() const { return sandbox_; }
  // Of the present zygote's engine.
  const std::string& libraries() const { return libraries_; }

 private:
  struct Worker {
    Worker(const boost::asio::any_io_executor& executor, ZygoteEvent spawned)
        : process(spawned.pid, std::move(spawned.channel), std::move(spawned.process)),
          watch(executor, process.fd()),
          start_limit(executor) {}

    WorkerProcess process;
    FdWatch watch;
    boost::asio::steady_timer start_limit;
    bool ready = false;
    bool had_batch = false;
    bool outdated = false;  // the retiring zygote's
  };

  // No worker of the pool any more, but its exit is not reported yet.
  struct Leaving {
    std::optional<WorkerId> worker;  // nothing: nobody asks why it ended
    bool batch_unread = false;
    bool outdated = false;
  };

  Status OpenStderr();
  Status AwaitZygote();
  Status LaunchZygote();
  Expected<bool> HandleZygoteEvent();  // false: nothing more for now
  Status AcceptZygote(const ZygoteEvent& event);
  void WatchZygote();
  void OnZygoteReadable();
  void RestartZygote();
  void LoseZygote();
  void LoseWorkers(bool outdated);
  void RenewSoon();
  void RenewIfWanted();
  void WatchRetiring();
  void OnRetiringReadable();
  void EndRetiringIfAlone();

  void Fill();
  void NoteSpawnAnswered();
  void FillLater();
  void AddWorker(ZygoteEvent spawned);
  void WatchWorker(WorkerId worker);
  void DrainWorker(WorkerId worker);
  bool HandleWorkerEvent(WorkerId worker, Worker& state);  // false: nothing more for now
  void LoseWorker(WorkerId worker, bool batch_unread);
  void RemoveWorker(WorkerId worker, Leaving leaving);
  void OnExited(pid_t pid, int wait_status);
  void ReapOrphans();

  template <class Callback>
  void AfterDelay(boost::asio::steady_timer& timer, std::chrono::milliseconds delay,
                  Callback callback);

  boost::asio::any_io_executor executor_;
  const int wanted_;
  ZygoteOptions options_;
  WorkerEvents& events_;
  const LineSink stderr_lines_;
  std::shared_ptr<StderrDrain> stderr_;  // null: the processes keep this one's own
  bool stopped_ = false;

  std::optional<ZygoteClient> zygote_;
  std::optional<FdWatch> zygote_watch_;
  bool zygote_ready_ = false;
  SandboxReport sandbox_;
  std::string libraries_;
  boost::asio::steady_timer zygote_timer_;  // an answer's limit, or the wait before the next start
  std::uint64_t zygote_restarts_ = 0;
  std::optional<ZygoteClient> retiring_;
  std::optional<FdWatch> retiring_watch_;
  bool renewal_wanted_ = false;
  boost::asio::steady_timer renewal_timer_;

  std::map<WorkerId, Worker> workers_;
  WorkerId next_worker_ = 1;
  int spawns_under_way_ = 0;
  boost::asio::steady_timer fill_timer_;
  bool fill_waits_ = false;
  Backoff backoff_;  // of the zygote and of workers that end without ever having had a batch
  std::map<pid_t, Leaving> leaving_;
  std::vector<pid_t> orphans_;  // a dead zygote's workers
};

}  // namespace thimble
