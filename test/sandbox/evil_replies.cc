// Answers that a taken-over worker might send. The first batch of a pool has the id 1.

#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <string>
#include <vector>

#include "evil_engine.h"
#include "worker/channel.h"
#include "worker/protocol.h"

namespace thimble {
namespace {

constexpr std::uint64_t kFirstBatch = 1;

AnswerMessage HonestAnswer(MutableByteSpan out) {
  const ResizeOutcome result = HonestResult(out);
  return EncodeAnswer(
      kFirstBatch,
      {0, ResultFacts{
              .offset = 0, .bytes = result.bytes, .format = result.format, .size = result.size}});
}

// Says it in the engine's stead, then never returns, so that the real answer does not follow.
[[noreturn]] void SayAndHang(ByteSpan packet, std::span<const int> descriptors = {}) {
  static_cast<void>(SendPacket(kChannelFd, packet, descriptors));
  for (volatile bool forever = true; forever;) {
  }
  ::_exit(1);
}

template <class Change>
[[noreturn]] void SayChanged(const EvilJob& job, Change change) {
  AnswerMessage answer = HonestAnswer(job.out);
  change(answer);
  SayAndHang(BytesOfMessage(answer));
}

Expected<ResizeOutcome> ClaimMore(const EvilJob& job) {
  SayChanged(job, [&](AnswerMessage& answer) { answer.result_bytes = job.out.size() + 1; });
}
Expected<ResizeOutcome> ClaimNothing(const EvilJob& job) {
  SayChanged(job, [](AnswerMessage& answer) { answer.result_bytes = 0; });
}
Expected<ResizeOutcome> ClaimHugeSize(const EvilJob& job) {
  SayChanged(job, [](AnswerMessage& answer) { answer.width = kMaxResultSide + 1; });
}
Expected<ResizeOutcome> ClaimUnknownFormat(const EvilJob& job) {
  SayChanged(job, [](AnswerMessage& answer) { answer.format = 77; });
}
Expected<ResizeOutcome> ClaimUnknownError(const EvilJob& job) {
  SayChanged(job, [](AnswerMessage& answer) { answer.error_code = 9999; });
}
// Known, but not a worker's to give: the server would answer 404.
Expected<ResizeOutcome> ClaimForeignError(const EvilJob& job) {
  SayChanged(job, [](AnswerMessage& answer) {
    answer.error_code = static_cast<std::uint16_t>(ErrorCode::kOriginalNotFound);
  });
}
Expected<ResizeOutcome> AnswerOtherBatch(const EvilJob& job) {
  SayChanged(job, [](AnswerMessage& answer) { answer.batch_id += 1; });
}
Expected<ResizeOutcome> AnswerForNoTarget(const EvilJob& job) {
  SayChanged(job, [](AnswerMessage& answer) { answer.target = 1; });
}
Expected<ResizeOutcome> ClaimBeyondTheEnd(const EvilJob& job) {
  SayChanged(job, [&](AnswerMessage& answer) { answer.result_offset = job.out.size(); });
}
Expected<ResizeOutcome> SpeakOtherVersion(const EvilJob& job) {
  SayChanged(job, [](AnswerMessage& answer) { answer.header.version += 1; });
}
Expected<ResizeOutcome> SayGarbage(const EvilJob&) {
  const std::vector<std::uint8_t> garbage(sizeof(AnswerMessage), 0xa5);
  SayAndHang(garbage);
}
Expected<ResizeOutcome> SayTooMuch(const EvilJob&) {
  const std::vector<std::uint8_t> long_packet(100'000, 0);
  SayAndHang(long_packet);
}
Expected<ResizeOutcome> SayTooLittle(const EvilJob& job) {
  const AnswerMessage answer = HonestAnswer(job.out);
  SayAndHang(BytesOfMessage(answer).first(20));
}
Expected<ResizeOutcome> SayReadyAgain(const EvilJob&) {
  SayAndHang(BytesOfMessage(NewMessage<WorkerReadyMessage>()));
}
Expected<ResizeOutcome> AttachDescriptor(const EvilJob& job) {
  const AnswerMessage answer = HonestAnswer(job.out);
  SayAndHang(BytesOfMessage(answer), std::array{STDERR_FILENO});
}
Expected<ResizeOutcome> AttachDescriptorToNothing(const EvilJob&) {
  SayAndHang({}, std::array{STDERR_FILENO});
}
Expected<ResizeOutcome> HangUp(const EvilJob&) {
  ::close(kChannelFd);
  for (volatile bool forever = true; forever;) {
  }
  return Fail(ErrorCode::kCorruptImage, "survived");
}
Expected<ResizeOutcome> SendHtml(const EvilJob& job) {
  constexpr std::string_view kHtml = "<script>";
  std::copy(kHtml.begin(), kHtml.end(), job.out.begin());
  return ResizeOutcome{.bytes = kHtml.size(), .format = ImageFormat::kJpeg, .size = {1, 1}};
}
// A picture, but not of the format that the tests ask for where they ask for one.
Expected<ResizeOutcome> SendPng(const EvilJob& job) {
  constexpr std::string_view kPng = "\x89PNG\r\n\x1a\n";
  std::copy(kPng.begin(), kPng.end(), job.out.begin());
  return ResizeOutcome{.bytes = kPng.size(), .format = ImageFormat::kPng, .size = {1, 1}};
}
// An honest answer for the first target here, and the loop's own after it.
Expected<ResizeOutcome> AnswerTwice(const EvilJob& job) {
  const AnswerMessage answer = HonestAnswer(job.out);
  static_cast<void>(SendPacket(kChannelFd, BytesOfMessage(answer)));
  return HonestResult(job.out);
}
// An honest answer, and the bytes change for as long as the worker lives.
Expected<ResizeOutcome> FlipAfterwards(const EvilJob& job) {
  const AnswerMessage answer = HonestAnswer(job.out);
  static_cast<void>(SendPacket(kChannelFd, BytesOfMessage(answer)));
  for (volatile std::uint8_t* byte = job.out.data() + 3;;) *byte = *byte ^ 1;
}

constexpr auto kDeeds = std::to_array<NamedDeed>({
    {"claim_more", &ClaimMore},
    {"claim_nothing", &ClaimNothing},
    {"claim_huge_size", &ClaimHugeSize},
    {"claim_unknown_format", &ClaimUnknownFormat},
    {"claim_unknown_error", &ClaimUnknownError},
    {"claim_foreign_error", &ClaimForeignError},
    {"answer_other_batch", &AnswerOtherBatch},
    {"answer_for_no_target", &AnswerForNoTarget},
    {"claim_beyond_the_end", &ClaimBeyondTheEnd},
    {"speak_other_version", &SpeakOtherVersion},
    {"say_garbage", &SayGarbage},
    {"say_too_much", &SayTooMuch},
    {"say_too_little", &SayTooLittle},
    {"say_ready_again", &SayReadyAgain},
    {"attach_descriptor", &AttachDescriptor},
    {"attach_descriptor_to_nothing", &AttachDescriptorToNothing},
    {"hang_up", &HangUp},
    {"send_html", &SendHtml},
    {"send_png", &SendPng},
    {"answer_twice", &AnswerTwice},
    {"flip_afterwards", &FlipAfterwards},
});

}  // namespace

Deed FindReply(std::string_view verb) {
  for (const auto& [name, deed] : kDeeds) {
    if (name == verb) return deed;
  }
  return nullptr;
}

}  // namespace thimble
