#include "worker/protocol.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "base/memfd.h"

namespace thimble {
namespace {

BatchOrder SomeOrder() {
  BatchOrder order;
  order.batch_id = 7;
  order.targets = {
      {.width = 300,
       .height = 200,
       .fit = Fit::kCover,
       .enlarge = true,
       .quality = {80},
       .format = ImageFormat::kWebp,
       .auto_format = std::nullopt},
      {.width = 64, .quality = {1}, .format = std::nullopt, .auto_format = std::nullopt}};
  order.limits.max_pixels = 1'000'000;
  order.limits.max_side = 2000;
  order.limits.max_jpeg_scans = 3;
  order.limits.max_icc_bytes = 4;
  order.source_bytes = 1234;
  order.source_in_inbox = true;
  order.output_bytes = 5678;
  order.cpu = std::chrono::seconds(9);
  order.limits.jpeg_method = JpegMethod::kLibjpeg;
  order.compare_decoders = true;
  return order;
}

SpecText TextOf(std::string_view text) {
  SpecText fixed{};
  std::copy(text.begin(), text.end(), fixed.begin());
  return fixed;
}

TEST(Protocol, ABatchArrivesAsItWasSent) {
  const BatchOrder sent = SomeOrder();
  const auto message = EncodeBatch(sent);
  ASSERT_TRUE(message);
  const auto parsed = ParseMessage<BatchMessage>(BytesOfMessage(*message), 2);
  ASSERT_TRUE(parsed);
  const auto got = DecodeBatch(*parsed);
  ASSERT_TRUE(got);
  EXPECT_EQ(got->batch_id, sent.batch_id);
  EXPECT_EQ(got->targets, sent.targets);
  EXPECT_EQ(got->limits.max_pixels, sent.limits.max_pixels);
  EXPECT_EQ(got->limits.max_side, sent.limits.max_side);
  EXPECT_EQ(got->limits, sent.limits);
  EXPECT_EQ(got->compare_decoders, sent.compare_decoders);
  EXPECT_EQ(got->limits.max_icc_bytes, sent.limits.max_icc_bytes);
  EXPECT_EQ(got->source_bytes, sent.source_bytes);
  EXPECT_EQ(got->source_in_inbox, sent.source_in_inbox);
  EXPECT_EQ(got->output_bytes, sent.output_bytes);
  EXPECT_EQ(got->cpu, sent.cpu);
}

TEST(Protocol, ATargetInTheSourcesOwnFormatStaysThat) {
  BatchOrder order = SomeOrder();
  order.targets[0].format.reset();
  const auto message = EncodeBatch(order);
  ASSERT_TRUE(message);
  EXPECT_EQ(DecodeBatch(*message)->targets[0].format, std::nullopt);
}

TEST(Protocol, ABatchHasOneTargetToItsMost) {
  BatchOrder order = SomeOrder();
  order.targets.resize(kMaxTargets, order.targets[0]);
  ASSERT_TRUE(EncodeBatch(order));
  EXPECT_EQ(DecodeBatch(*EncodeBatch(order))->targets, order.targets);
  order.targets.push_back(order.targets[0]);
  EXPECT_FALSE(EncodeBatch(order));
  order.targets.clear();
  EXPECT_FALSE(EncodeBatch(order));
}

TEST(Protocol, BothSidesRefuseBatchesOutOfRange) {
  const std::vector<std::function<void(BatchMessage&)>> changes = {
      [](BatchMessage& m) { m.targets[0] = {}; },
      [](BatchMessage& m) { m.targets[1] = TextOf("w0_q80"); },
      [](BatchMessage& m) { m.targets[0] = TextOf("w1000001_q80"); },
      [](BatchMessage& m) { m.targets[1] = TextOf("q80"); },
      [](BatchMessage& m) { m.targets[0] = TextOf("w300_q101"); },
      [](BatchMessage& m) { m.targets[1] = TextOf("w300_q80_gif"); },
      [](BatchMessage& m) { m.targets[0] = TextOf("w0300_q80"); },
      [](BatchMessage& m) { m.targets[0].back() = 'x'; },
      [](BatchMessage& m) { m.targets[0].fill('x'); },
      [](BatchMessage& m) { m.target_count = 0; },
      [](BatchMessage& m) { m.target_count = kMaxTargets + 1; },
      [](BatchMessage& m) { m.target_count = ~0u; },
      [](BatchMessage& m) { m.max_pixels = 0; },
      [](BatchMessage& m) { m.max_side = -5; },
      [](BatchMessage& m) { m.max_jpeg_scans = 0; },
      [](BatchMessage& m) { m.jpeg_by_libjpeg = 2; },
      [](BatchMessage& m) { m.compare_decoders = 2; },
      [](BatchMessage& m) { m.max_icc_bytes = -1; },
      [](BatchMessage& m) { m.source_in_inbox = 2; },
      [](BatchMessage& m) { m.source_bytes = kMaxShortBytes + 1; },
      [](BatchMessage& m) { m.output_bytes = 0; },
      [](BatchMessage& m) { m.cpu_seconds = 0; },
  };
  for (std::size_t i = 0; i < changes.size(); ++i) {
    BatchMessage message = *EncodeBatch(SomeOrder());
    changes[i](message);
    EXPECT_FALSE(DecodeBatch(message)) << "change " << i;
  }
  BatchOrder order = SomeOrder();
  order.targets[1].quality.value = 0;
  EXPECT_FALSE(EncodeBatch(order));
  order = SomeOrder();
  order.targets[0].auto_format = AcceptClass::kWebp;  // beside a format
  EXPECT_FALSE(EncodeBatch(order));
}

TEST(Protocol, OnlyAWholeMessageOfItsKindIsOne) {
  const BatchMessage message = *EncodeBatch(SomeOrder());
  const ByteSpan bytes = BytesOfMessage(message);
  EXPECT_TRUE(ParseMessage<BatchMessage>(bytes, 2));
  EXPECT_FALSE(ParseMessage<BatchMessage>(bytes, 1));
  EXPECT_FALSE(ParseMessage<BatchMessage>(bytes, 3));
  EXPECT_FALSE(ParseMessage<BatchMessage>(bytes.first(bytes.size() - 1), 2));
  EXPECT_FALSE(ParseMessage<BatchMessage>({}, 2));
  const auto exited = NewMessage<ExitedMessage>();
  EXPECT_FALSE(ParseMessage<SpawnedMessage>(BytesOfMessage(exited), 2));
}

TEST(Protocol, EveryFieldOfTheHeaderMatters) {
  for (std::size_t i = 0; i < sizeof(MessageHeader); ++i) {
    const AnswerMessage message = EncodeAnswer(1, {0, Fail(ErrorCode::kCorruptImage)});
    std::vector<std::uint8_t> bytes(BytesOfMessage(message).begin(), BytesOfMessage(message).end());
    bytes[i] ^= 0x40;
    EXPECT_FALSE(ParseMessage<AnswerMessage>(bytes, 0)) << "byte " << i;
  }
}

constexpr AnswerBounds kBounds = {.batch_id = 7, .targets = 3, .output_bytes = 100};

TargetAnswer SomeAnswer() {
  return {2, ResultFacts{.offset = 40, .bytes = 60, .format = ImageFormat::kPng, .size = {30, 20}}};
}

TEST(Protocol, AResultArrivesAsItWasSent) {
  const auto answer = DecodeAnswer(EncodeAnswer(7, SomeAnswer()), kBounds);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->target, 2u);
  ASSERT_TRUE(answer->result);
  EXPECT_EQ(answer->result->offset, 40u);
  EXPECT_EQ(answer->result->bytes, 60u);
  EXPECT_EQ(answer->result->format, ImageFormat::kPng);
  EXPECT_EQ(answer->result->size, (Size{30, 20}));
}

TEST(Protocol, AnEnginesErrorArrivesWithItsText) {
  const AnswerMessage message = EncodeAnswer(7, {1, Fail(ErrorCode::kTooManyPixels, "51 Mpx")});
  const auto answer = DecodeAnswer(message, kBounds);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->target, 1u);
  ASSERT_FALSE(answer->result);
  EXPECT_EQ(answer->result.error().code, ErrorCode::kTooManyPixels);
  EXPECT_EQ(answer->result.error().detail, "51 Mpx");
}

TEST(Protocol, ALongTextIsCutAndControlCharactersAreReplaced) {
  const AnswerMessage message =
      EncodeAnswer(7, {0, Fail(ErrorCode::kCorruptImage, "\n\x7f" + std::string(500, 'x'))});
  const auto answer = DecodeAnswer(message, kBounds);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->result.error().detail, "??" + std::string(sizeof(DetailText) - 2, 'x'));
}

TEST(Protocol, AnErrorThatIsNotTheEnginesToGiveIsOurBug) {
  for (const ErrorCode code : {ErrorCode::kSystem, ErrorCode::kOriginalNotFound,
                               ErrorCode::kWorkerDied, ErrorCode::kOverloaded}) {
    const auto answer = DecodeAnswer(EncodeAnswer(7, {0, Fail(code)}), kBounds);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->result.error().code, ErrorCode::kInternal);
  }
}

TEST(Protocol, AnswersThatNoEngineGivesAreRefused) {
  const std::vector<std::function<void(AnswerMessage&)>> changes = {
      [](AnswerMessage& m) { m.batch_id = 8; },
      [](AnswerMessage& m) { m.target = 3; },
      [](AnswerMessage& m) { m.target = 0xffff; },
      [](AnswerMessage& m) { m.result_bytes = 0; },
      [](AnswerMessage& m) { m.result_bytes = 61; },
      [](AnswerMessage& m) { m.result_bytes = ~std::uint64_t{0}; },
      [](AnswerMessage& m) { m.result_offset = 41; },
      [](AnswerMessage& m) { m.result_offset = 101; },
      [](AnswerMessage& m) { m.result_offset = ~std::uint64_t{0} - 59; },  // the sum wraps to 0
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
    AnswerMessage message = EncodeAnswer(7, SomeAnswer());
    changes[i](message);
    EXPECT_FALSE(DecodeAnswer(message, kBounds)) << "change " << i;
  }
}

}  // namespace
}  // namespace thimble
