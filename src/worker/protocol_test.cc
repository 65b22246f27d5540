#include "worker/protocol.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

namespace thimble {
namespace {

JobOrder SomeOrder() {
  JobOrder order;
  order.job_id = 7;
  order.spec.width = 300;
  order.spec.height = 200;
  order.spec.fit = Fit::kCover;
  order.spec.enlarge = true;
  order.spec.quality.value = 80;
  order.spec.format = ImageFormat::kWebp;
  order.limits.max_pixels = 1'000'000;
  order.limits.max_side = 2000;
  order.limits.max_jpeg_scans = 3;
  order.limits.max_icc_bytes = 4;
  order.source_bytes = 1234;
  order.output_bytes = 5678;
  order.cpu = std::chrono::seconds(9);
  return order;
}

TEST(Protocol, AJobArrivesAsItWasSent) {
  const JobOrder sent = SomeOrder();
  const auto message = EncodeJob(sent);
  ASSERT_TRUE(message);
  const auto parsed = ParseMessage<JobMessage>(BytesOfMessage(*message), 2);
  ASSERT_TRUE(parsed);
  const auto got = DecodeJob(*parsed);
  ASSERT_TRUE(got);
  EXPECT_EQ(got->job_id, sent.job_id);
  EXPECT_EQ(got->spec, sent.spec);
  EXPECT_EQ(got->limits.max_pixels, sent.limits.max_pixels);
  EXPECT_EQ(got->limits.max_side, sent.limits.max_side);
  EXPECT_EQ(got->limits.max_jpeg_scans, sent.limits.max_jpeg_scans);
  EXPECT_EQ(got->limits.max_icc_bytes, sent.limits.max_icc_bytes);
  EXPECT_EQ(got->source_bytes, sent.source_bytes);
  EXPECT_EQ(got->output_bytes, sent.output_bytes);
  EXPECT_EQ(got->cpu, sent.cpu);
}

TEST(Protocol, AJobForTheSourcesOwnFormatStaysThat) {
  JobOrder order = SomeOrder();
  order.spec.format.reset();
  const auto message = EncodeJob(order);
  ASSERT_TRUE(message);
  EXPECT_EQ(DecodeJob(*message)->spec.format, std::nullopt);
}

TEST(Protocol, BothSidesRefuseJobsOutOfRange) {
  const std::vector<std::function<void(JobMessage&)>> changes = {
      [](JobMessage& m) { m.width = m.height = 0; }, [](JobMessage& m) { m.width = -1; },
      [](JobMessage& m) { m.height = 1'000'001; },   [](JobMessage& m) { m.quality = 0; },
      [](JobMessage& m) { m.quality = 101; },        [](JobMessage& m) { m.fit = 3; },
      [](JobMessage& m) { m.enlarge = 2; },          [](JobMessage& m) { m.format = 4; },
      [](JobMessage& m) { m.max_pixels = 0; },       [](JobMessage& m) { m.max_side = -5; },
      [](JobMessage& m) { m.max_jpeg_scans = 0; },   [](JobMessage& m) { m.max_icc_bytes = -1; },
      [](JobMessage& m) { m.output_bytes = 0; },     [](JobMessage& m) { m.cpu_seconds = 0; },
  };
  for (std::size_t i = 0; i < changes.size(); ++i) {
    JobMessage message = *EncodeJob(SomeOrder());
    changes[i](message);
    EXPECT_FALSE(DecodeJob(message)) << "change " << i;
  }
  JobOrder order = SomeOrder();
  order.spec.quality.value = 0;
  EXPECT_FALSE(EncodeJob(order));
}

TEST(Protocol, OnlyAWholeMessageOfItsKindIsOne) {
  const JobMessage message = *EncodeJob(SomeOrder());
  const ByteSpan bytes = BytesOfMessage(message);
  EXPECT_TRUE(ParseMessage<JobMessage>(bytes, 2));
  EXPECT_FALSE(ParseMessage<JobMessage>(bytes, 1));
  EXPECT_FALSE(ParseMessage<JobMessage>(bytes, 3));
  EXPECT_FALSE(ParseMessage<JobMessage>(bytes.first(bytes.size() - 1), 2));
  EXPECT_FALSE(ParseMessage<JobMessage>({}, 2));
  const auto exited = NewMessage<ExitedMessage>();
  EXPECT_FALSE(ParseMessage<SpawnedMessage>(BytesOfMessage(exited), 2));
}

TEST(Protocol, EveryFieldOfTheHeaderMatters) {
  for (std::size_t i = 0; i < sizeof(MessageHeader); ++i) {
    const AnswerMessage message = EncodeAnswer(1, Fail(ErrorCode::kCorruptImage));
    std::vector<std::uint8_t> bytes(BytesOfMessage(message).begin(), BytesOfMessage(message).end());
    bytes[i] ^= 0x40;
    EXPECT_FALSE(ParseMessage<AnswerMessage>(bytes, 0)) << "byte " << i;
  }
}

TEST(Protocol, AResultArrivesAsItWasSent) {
  const AnswerMessage message =
      EncodeAnswer(7, ResultFacts{.bytes = 100, .format = ImageFormat::kPng, .size = {30, 20}});
  const auto answer = DecodeAnswer(message, 7, 100);
  ASSERT_TRUE(answer);
  ASSERT_TRUE(*answer);
  EXPECT_EQ((*answer)->bytes, 100u);
  EXPECT_EQ((*answer)->format, ImageFormat::kPng);
  EXPECT_EQ((*answer)->size, (Size{30, 20}));
}

TEST(Protocol, AnEnginesErrorArrivesWithItsText) {
  const AnswerMessage message = EncodeAnswer(7, Fail(ErrorCode::kTooManyPixels, "51 Mpx"));
  const auto answer = DecodeAnswer(message, 7, 100);
  ASSERT_TRUE(answer);
  ASSERT_FALSE(*answer);
  EXPECT_EQ(answer->error().code, ErrorCode::kTooManyPixels);
  EXPECT_EQ(answer->error().detail, "51 Mpx");
}

TEST(Protocol, ALongTextIsCutAndControlCharactersAreReplaced) {
  const AnswerMessage message =
      EncodeAnswer(7, Fail(ErrorCode::kCorruptImage, "\n\x7f" + std::string(500, 'x')));
  const auto answer = DecodeAnswer(message, 7, 100);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->error().detail, "??" + std::string(sizeof(DetailText) - 2, 'x'));
}

TEST(Protocol, AnErrorThatIsNotTheEnginesToGiveIsOurBug) {
  for (const ErrorCode code : {ErrorCode::kSystem, ErrorCode::kOriginalNotFound,
                               ErrorCode::kWorkerDied, ErrorCode::kOverloaded}) {
    const auto answer = DecodeAnswer(EncodeAnswer(7, Fail(code)), 7, 100);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->error().code, ErrorCode::kInternal);
  }
}

TEST(Protocol, AnswersThatNoEngineGivesAreRefused) {
  const std::vector<std::function<void(AnswerMessage&)>> changes = {
      [](AnswerMessage& m) { m.job_id = 8; },
      [](AnswerMessage& m) { m.result_bytes = 0; },
      [](AnswerMessage& m) { m.result_bytes = 101; },
      [](AnswerMessage& m) { m.result_bytes = ~std::uint64_t{0}; },
      [](AnswerMessage& m) { m.format = 0; },
      [](AnswerMessage& m) { m.format = 4; },
      [](AnswerMessage& m) { m.width = 0; },
      [](AnswerMessage& m) { m.height = -1; },
      [](AnswerMessage& m) { m.width = kMaxResultSide + 1; },
      [](AnswerMessage& m) { m.error_code = 999; },
      [](AnswerMessage& m) {
        m.error_code = static_cast<std::uint16_t>(ErrorCode::kOriginalForbidden);
      },
      [](AnswerMessage& m) { m.error_code = static_cast<std::uint16_t>(ErrorCode::kWorkerDied); },
  };
  for (std::size_t i = 0; i < changes.size(); ++i) {
    AnswerMessage message =
        EncodeAnswer(7, ResultFacts{.bytes = 100, .format = ImageFormat::kPng, .size = {30, 20}});
    changes[i](message);
    EXPECT_FALSE(DecodeAnswer(message, 7, 100)) << "change " << i;
  }
}

}  // namespace
}  // namespace thimble
