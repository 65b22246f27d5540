#include "worker/serve.h"

#include <sys/resource.h>

#include <array>
#include <bitset>
#include <chrono>
#include <ctime>
#include <new>
#include <optional>
#include <utility>
#include <vector>

#include "worker/channel.h"
#include "worker/mapping.h"
#include "worker/protocol.h"
#include "worker/shadow.h"

namespace thimble {
namespace {

// The server's SIGKILL keeps the deadline; this ends a worker whose server cannot, because it hangs
// or is stopped. The limit counts all CPU time since the worker's start, so it moves with each
// batch.
void LimitCpuTime(std::chrono::seconds for_batch) {
  timespec used{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  const auto until = static_cast<rlim_t>(used.tv_sec) + static_cast<rlim_t>(for_batch.count()) + 1;
  const rlimit limit{.rlim_cur = until, .rlim_max = RLIM_INFINITY};
  ::setrlimit(RLIMIT_CPU, &limit);
}

// Puts a batch's results one behind the other into the output and tells the server of each at once,
// so that the first need not wait for the last. The last answer of all waits for Finish: to the
// server it means that nobody looks at the source any more, which may be the inbox.
class Answers final : public ResultSink {
 public:
  Answers(int channel, const BatchOrder& order) : channel_(channel), order_(order) {}

  void UseOutput(MutableByteSpan output) { room_ = output; }
  MutableByteSpan Room() override { return room_; }

  void Deliver(std::size_t target, Expected<ResizeOutcome> outcome) override {
    if (!outcome) return Send({target, Forward(outcome)});
    Send({target, ResultFacts{.offset = order_.output_bytes - room_.size(),
                              .bytes = outcome->bytes,
                              .format = outcome->format,
                              .size = outcome->size}});
    room_ = room_.subspan(outcome->bytes);
  }

  // Whoever has no answer yet gets `error`.
  void Finish(const Error& error) {
    for (std::size_t target = 0; target < order_.targets.size(); ++target) {
      if (!answered_.test(target)) Send({target, tl::unexpected(error)});
    }
    if (last_) SendNow(*last_);
  }

  // Before Finish, when all have been answered. `source`: the original.
  void Compare(const Engine& engine, ByteSpan source, ByteSpan output) {
    if (!last_) return;
    last_->comparison = static_cast<std::uint8_t>(
        CompareDecoders(engine.resize, source, order_, *last_, output, room_));
  }

  // Of sending: the server is gone.
  const Status& status() const { return status_; }

 private:
  void Send(const TargetAnswer& answer) {
    answered_.set(answer.target);
    const AnswerMessage message = EncodeAnswer(order_.batch_id, answer);
    if (answered_.count() == order_.targets.size()) {
      last_ = message;
    } else {
      SendNow(message);
    }
  }
  void SendNow(const AnswerMessage& message) {
    if (status_) status_ = SendPacket(channel_, BytesOfMessage(message));
  }

  int channel_;
  const BatchOrder& order_;
  MutableByteSpan room_;
  std::bitset<kMaxTargets> answered_;
  std::optional<AnswerMessage> last_;
  Status status_;
};

// What stays mapped from a worker's first batch to its last: mapping, unmapping and the faults
// between cost more than a small picture's encoding.
class SharedMappings {
 public:
  Expected<ByteSpan> Inbox(int fd) {
    if (!inbox_) {
      THIMBLE_TRY(Mapping mapped, Mapping::OfInbox(fd));
      inbox_.emplace(std::move(mapped));
    }
    return inbox_->bytes();
  }
  Expected<MutableByteSpan> Output(int fd, std::size_t bytes) {
    if (!output_) {
      THIMBLE_TRY(Mapping mapped, Mapping::OfOutput(fd, bytes));
      output_.emplace(std::move(mapped));
    }
    if (output_->bytes().size() != bytes) return Fail(ErrorCode::kSystem, "another output");
    return output_->mutable_bytes();
  }

 private:
  std::optional<Mapping> inbox_;
  std::optional<Mapping> output_;
};

// The original's bytes; `own` holds its mapping if it is not in the inbox.
Expected<ByteSpan> SourceOf(const BatchOrder& order, int fd, SharedMappings& mappings,
                            std::optional<Mapping>& own) {
  if (order.source_in_inbox) {
    THIMBLE_TRY(const ByteSpan inbox, mappings.Inbox(fd));
    return inbox.first(order.source_bytes);
  }
  THIMBLE_TRY(Mapping mapped, Mapping::OfSealedSource(fd, order.source_bytes));
  own.emplace(std::move(mapped));
  return own->bytes();
}

// An error is that of all targets without an answer. When this returns, nothing of the batch is
// looked at or open any more.
Status DoBatch(const Engine& engine, const BatchOrder& order, std::vector<UniqueFd> descriptors,
               SharedMappings& mappings, Answers& answers) {
  std::optional<Mapping> own;
  THIMBLE_TRY(const ByteSpan source, SourceOf(order, descriptors[0].get(), mappings, own));
  THIMBLE_TRY(const MutableByteSpan output,
              mappings.Output(descriptors[1].get(), order.output_bytes));
  answers.UseOutput(output);
  LimitCpuTime(order.cpu);
  const auto begin = std::chrono::steady_clock::now();
  // The engine's errors are values, but allocations inside the standard library throw, and under a
  // memory limit they do.
  try {
    engine.resize(source, order.targets, order.limits, answers);
  } catch (const std::bad_alloc&) {
    return Fail(ErrorCode::kImageTooCostly, "out of memory");
  }
  // Not where the second time might cost a picture its deadline.
  constexpr int kTimesSlower = 8;
  const auto took = std::chrono::steady_clock::now() - begin;
  if (order.compare_decoders && took * kTimesSlower < order.cpu) {
    answers.Compare(engine, source, output);
  }
  return {};
}

}  // namespace

Status ServeBatches(int channel, const Engine& engine) {
  std::array<std::uint8_t, kMaxMessageBytes> packet{};
  SharedMappings mappings;
  for (;;) {
    THIMBLE_TRY(Received received, ReceivePacket(channel, packet, Wait::kYes));
    if (received.state != Received::State::kPacket) return {};
    const std::optional<BatchMessage> message = ParseMessage<BatchMessage>(
        ByteSpan(packet).first(received.bytes), received.descriptors.size());
    if (!message) return Fail(ErrorCode::kSystem, "a message that is no batch");
    THIMBLE_TRY(const BatchOrder order, DecodeBatch(*message));
    Answers answers(channel, order);
    const Status done = DoBatch(engine, order, std::move(received.descriptors), mappings, answers);
    answers.Finish(done ? Error{ErrorCode::kInternal, "the engine gave none"} : done.error());
    if (!answers.status()) return answers.status();
  }
}

}  // namespace thimble
