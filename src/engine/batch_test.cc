// Several targets of one original at once: each gets what it would get alone.

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "engine/engine.h"
#include "engine/picture_test_support.h"
#include "spec/canonical_text.h"

namespace thimble {
namespace {

constexpr Size kSourceSize = {803, 605};

// Busy enough that a wrong decode scale, a lost row or a shift changes the bytes.
Color Waves(int x, int y) {
  const auto level = [](int value) { return static_cast<std::uint8_t>(value & 0xff); };
  return {level(x * 3 + y), level(x * y / 64), level(y * 5 - x), level(255 - (x + y) / 16)};
}

// So fine that planes are decoded at larger scales than otherwise.
Color Stripes(int x, int /*y*/) {
  const std::uint8_t level = x % 10 < 5 ? 20 : 230;
  return {level, level, level, 255};
}

TransformSpec Cover(int width, int height) {
  TransformSpec spec = Width(width);
  spec.height = height;
  spec.fit = Fit::kCover;
  return spec;
}

// Every decode scale of a JPEG, more than one target at most of them, in no order.
std::vector<TransformSpec> ManyTargets() {
  std::vector<TransformSpec> targets;
  for (const int width : {430, 44, 803, 200, 70, 540, 320, 110}) targets.push_back(Width(width));
  targets.push_back(Cover(200, 200));
  targets.push_back(Cover(900, 60));
  for (const auto format : {ImageFormat::kJpeg, ImageFormat::kPng, ImageFormat::kWebp}) {
    targets.push_back(Width(222, format));
  }
  return targets;
}

class Results final : public ResultSink {
 public:
  explicit Results(std::size_t room = 8u << 20) : room_(room) {}

  MutableByteSpan Room() override { return room_; }
  void Deliver(std::size_t target, Expected<ResizeOutcome> outcome) override {
    EXPECT_FALSE(outcomes.contains(target)) << "target " << target << " twice";
    if (outcome) bytes[target].assign(room_.begin(), room_.begin() + long(outcome->bytes));
    outcomes.emplace(target, std::move(outcome));
  }

  std::map<std::size_t, Expected<ResizeOutcome>> outcomes;
  std::map<std::size_t, Bytes> bytes;

 private:
  Bytes room_;
};

void ExpectSameAsAlone(const Bytes& source, const std::vector<TransformSpec>& targets,
                       const Results& together, const PictureLimits& limits = {}) {
  ASSERT_EQ(together.outcomes.size(), targets.size());
  for (std::size_t i = 0; i < targets.size(); ++i) {
    SCOPED_TRACE(CanonicalText(targets[i]));
    Results alone;
    ResizePictures(source, {&targets[i], 1}, limits, alone);
    const auto& lone = alone.outcomes.at(0);
    const auto& in_batch = together.outcomes.at(i);
    ASSERT_EQ(in_batch.has_value(), lone.has_value());
    if (!lone) {
      EXPECT_EQ(in_batch.error().code, lone.error().code);
      continue;
    }
    EXPECT_EQ(in_batch->size, lone->size);
    EXPECT_EQ(in_batch->format, lone->format);
    EXPECT_TRUE(together.bytes.at(i) == alone.bytes.at(0)) << "other bytes than alone";
  }
}

struct Source {
  const char* name;
  Bytes (*bytes)();
};

class SharedBatch : public testing::TestWithParam<Source> {};

TEST_P(SharedBatch, GivesEveryTargetTheBytesItGetsAlone) {
  const Bytes source = GetParam().bytes();
  const std::vector<TransformSpec> targets = ManyTargets();
  Results together;
  ResizePictures(source, targets, {}, together);
  for (const auto& [target, outcome] : together.outcomes) EXPECT_TRUE(outcome) << target;
  ExpectSameAsAlone(source, targets, together);
}

constexpr auto kSources = std::to_array<Source>({
    {"Jpeg420", [] { return PaintedJpeg(kSourceSize, &Waves); }},
    {"Jpeg444",
     [] {
       return PaintedJpeg(kSourceSize, &Waves, {1, 1});
     }},
    {"TurnedJpeg",
     [] { return WithExifOrientation(PaintedJpeg(kSourceSize, &Waves), Orientation::kRotate90); }},
    {"StripedJpeg", [] { return PaintedJpeg(kSourceSize, &Stripes); }},
    {"Png", [] { return PaintedPng(kSourceSize, &Waves); }},
    {"PngWithAlpha", [] { return PaintedPng(kSourceSize, &Waves, true); }},
    {"Webp", [] { return PaintedWebp(kSourceSize, &Waves); }},
    {"WebpWithAlpha", [] { return PaintedWebp(kSourceSize, &Waves, true); }},
});
INSTANTIATE_TEST_SUITE_P(Sources, SharedBatch, testing::ValuesIn(kSources),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(ResizePictures, DeliversFromCoarseToFineDecodes) {
  class Order final : public ResultSink {
   public:
    MutableByteSpan Room() override { return room_; }
    void Deliver(std::size_t target, Expected<ResizeOutcome>) override { seen.push_back(target); }
    std::vector<std::size_t> seen;

   private:
    Bytes room_ = Bytes(1u << 20);
  };
  const std::vector<TransformSpec> targets = {Width(700), Width(260), Width(40), Width(140)};
  Order order;
  ResizePictures(PaintedJpeg(kSourceSize, &Waves), targets, {}, order);
  EXPECT_EQ(order.seen, (std::vector<std::size_t>{2, 3, 1, 0}));
}

TEST(ResizePictures, ARefusedTargetHurtsNoOther) {
  const Bytes source = PaintedJpeg(kSourceSize, &Waves);
  std::vector<TransformSpec> targets = {Width(300), Width(9000), Width(310)};
  targets[1].enlarge = true;
  PictureLimits limits;
  limits.max_side = 2000;
  Results together;
  ResizePictures(source, targets, limits, together);
  EXPECT_EQ(together.outcomes.at(1).error().code, ErrorCode::kResultTooLarge);
  EXPECT_TRUE(together.outcomes.at(0));
  ExpectSameAsAlone(source, targets, together, limits);
}

TEST(ResizePictures, ATargetThatFindsTooLittleRoomHurtsNoOther) {
  Results together(20'000);
  ResizePictures(PaintedJpeg(kSourceSize, &Waves),
                 std::vector{Width(800), Width(60), Width(700), Width(50)}, {}, together);
  EXPECT_TRUE(together.outcomes.at(1));
  EXPECT_TRUE(together.outcomes.at(3));
  for (const std::size_t large : {0u, 2u}) {
    EXPECT_EQ(together.outcomes.at(large).error().code, ErrorCode::kResultTooLarge);
  }
}

TEST(ResizePictures, WhatIsNoPictureIsEverybodysFailure) {
  Results together;
  ResizePictures(Bytes{'h', 'e', 'l', 'l', 'o'}, std::vector{Width(10), Width(20)}, {}, together);
  ASSERT_EQ(together.outcomes.size(), 2u);
  for (const auto& [target, outcome] : together.outcomes) {
    EXPECT_EQ(outcome.error().code, ErrorCode::kUnsupportedFormat);
  }
}

TEST(ResizePictures, ATruncatedPictureStillServesWhoNeedsOnlyItsBeginning) {
  // The strip lies in the middle; alone, its decoding ends there.
  const std::vector<TransformSpec> targets = {Width(300), Cover(900, 30), Cover(100, 10),
                                              Width(1000)};
  Bytes source = PaintedJpeg(kSourceSize, &Waves);
  source.resize(source.size() * 8 / 10);
  Results together;
  ResizePictures(source, targets, {}, together);
  EXPECT_EQ(together.outcomes.at(0).error().code, ErrorCode::kCorruptImage);
  EXPECT_EQ(together.outcomes.at(3).error().code, ErrorCode::kCorruptImage);
  EXPECT_TRUE(together.outcomes.at(1));
  ExpectSameAsAlone(source, targets, together);
}

TEST(ResizePictures, NoTargetsAreNoWork) {
  Results none;
  ResizePictures(PaintedJpeg({8, 8}, &Waves), {}, {}, none);
  EXPECT_TRUE(none.outcomes.empty());
}

}  // namespace
}  // namespace thimble
