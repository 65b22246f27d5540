#include "worker/serve.h"

#include <sys/resource.h>

#include <array>
#include <chrono>
#include <ctime>
#include <new>
#include <optional>

#include "worker/channel.h"
#include "worker/mapping.h"
#include "worker/protocol.h"

namespace thimble {
namespace {

// The server's SIGKILL keeps the deadline; this ends a worker whose server cannot, because it hangs
// or is stopped. The limit counts all CPU time since the worker's start, so it moves with each job.
void LimitCpuTime(std::chrono::seconds for_job) {
  timespec used{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  const auto until = static_cast<rlim_t>(used.tv_sec) + static_cast<rlim_t>(for_job.count()) + 1;
  const rlimit limit{.rlim_cur = until, .rlim_max = RLIM_INFINITY};
  ::setrlimit(RLIMIT_CPU, &limit);
}

Expected<ResizeOutcome> RunEngine(const Engine& engine, const JobOrder& order, ByteSpan source,
                                  MutableByteSpan out) {
  // The engine's errors are values, but allocations inside the standard library throw, and under a
  // memory limit they do.
  try {
    return engine.resize(source, order.spec, order.limits, out);
  } catch (const std::bad_alloc&) {
    return Fail(ErrorCode::kImageTooCostly, "out of memory");
  }
}

// When this returns, nothing of the job is mapped or open any more.
Expected<ResultFacts> DoJob(const Engine& engine, const JobOrder& order,
                            std::vector<UniqueFd> descriptors) {
  THIMBLE_TRY(const Mapping source,
              Mapping::OfSealedSource(descriptors[0].get(), order.source_bytes));
  THIMBLE_TRY(Mapping output, Mapping::OfOutput(descriptors[1].get(), order.output_bytes));
  LimitCpuTime(order.cpu);
  THIMBLE_TRY(const ResizeOutcome outcome,
              RunEngine(engine, order, source.bytes(), output.mutable_bytes()));
  return ResultFacts{.bytes = outcome.bytes, .format = outcome.format, .size = outcome.size};
}

}  // namespace

Status ServeJobs(int channel, const Engine& engine) {
  std::array<std::uint8_t, kMaxMessageBytes> packet{};
  for (;;) {
    THIMBLE_TRY(Received received, ReceivePacket(channel, packet, Wait::kYes));
    if (received.state != Received::State::kPacket) return {};
    const std::optional<JobMessage> message = ParseMessage<JobMessage>(
        ByteSpan(packet).first(received.bytes), received.descriptors.size());
    if (!message) return Fail(ErrorCode::kSystem, "a message that is no job");
    THIMBLE_TRY(const JobOrder order, DecodeJob(*message));
    const Expected<ResultFacts> result = DoJob(engine, order, std::move(received.descriptors));
    const AnswerMessage answer = EncodeAnswer(order.job_id, result);
    if (Status s = SendPacket(channel, BytesOfMessage(answer)); !s) return s;
  }
}

}  // namespace thimble
