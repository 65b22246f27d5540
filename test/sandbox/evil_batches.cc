// What matters only where several targets share an original.

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <string>

#include "evil_engine.h"
#include "worker/channel.h"
#include "worker/protocol.h"

namespace thimble {
namespace {

bool IsMeant(const EvilJob& job) {
  int width = 0;
  std::from_chars(job.argument.data(), job.argument.data() + job.argument.size(), width);
  return job.width == width;
}

// A result that tells which target it is.
Expected<ResizeOutcome> NameWidth(const EvilJob& job) {
  const std::string bytes = "\xff\xd8\xff" + std::to_string(job.width);
  std::copy(bytes.begin(), bytes.end(), job.out.begin());
  return ResizeOutcome{.bytes = bytes.size(), .format = ImageFormat::kJpeg, .size = {1, 1}};
}

Expected<ResizeOutcome> AbortInBatch(const EvilJob& job) {
  if (job.in_batch) std::abort();
  return NameWidth(job);
}

Expected<ResizeOutcome> AbortAtWidth(const EvilJob& job) {
  if (IsMeant(job)) std::abort();
  return NameWidth(job);
}

Expected<ResizeOutcome> LoopAtWidth(const EvilJob& job) {
  for (volatile bool meant = IsMeant(job); meant;) {
  }
  return NameWidth(job);
}

// The first target takes its time, the others never end.
Expected<ResizeOutcome> SpinThenLoop(const EvilJob& job) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(300);
  while (job.width > 1 || std::chrono::steady_clock::now() < end) {
  }
  return NameWidth(job);
}

Expected<ResizeOutcome> TooCostlyInBatch(const EvilJob& job) {
  if (job.in_batch) return Fail(ErrorCode::kImageTooCostly);
  return NameWidth(job);
}

Expected<ResizeOutcome> TooLargeInBatch(const EvilJob& job) {
  if (job.in_batch) return Fail(ErrorCode::kResultTooLarge);
  return NameWidth(job);
}

Expected<ResizeOutcome> Corrupt(const EvilJob&) { return Fail(ErrorCode::kCorruptImage); }

// The last of three targets answers for the first, which has its answer.
Expected<ResizeOutcome> AnswerForAnother(const EvilJob& job) {
  Expected<ResizeOutcome> honest = NameWidth(job);
  if (!job.in_batch || job.width != 3) return honest;
  const AnswerMessage answer = EncodeAnswer(1, {0, ResultFacts{.offset = 0,
                                                               .bytes = honest->bytes,
                                                               .format = honest->format,
                                                               .size = honest->size}});
  static_cast<void>(SendPacket(kChannelFd, BytesOfMessage(answer)));
  for (volatile bool forever = true; forever;) {
  }
  return honest;
}

constexpr auto kDeeds = std::to_array<NamedDeed>({
    {"name_width", &NameWidth},
    {"abort_in_batch", &AbortInBatch},
    {"abort_at_width", &AbortAtWidth},
    {"loop_at_width", &LoopAtWidth},
    {"spin_then_loop", &SpinThenLoop},
    {"too_costly_in_batch", &TooCostlyInBatch},
    {"too_large_in_batch", &TooLargeInBatch},
    {"corrupt", &Corrupt},
    {"answer_for_another", &AnswerForAnother},
});

}  // namespace

Deed FindBatchDeed(std::string_view verb) {
  for (const auto& [name, deed] : kDeeds) {
    if (name == verb) return deed;
  }
  return nullptr;
}

}  // namespace thimble
