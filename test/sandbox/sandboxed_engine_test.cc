// The real engine needs nothing that its sandbox refuses.

#include <gtest/gtest.h>

#include <string>
#include <tuple>

#include "engine/picture_test_support.h"
#include "pool_fixture.h"

namespace thimble {
namespace {

// Large enough that buffers come straight from mmap.
constexpr Size kSourceSize{1500, 1000};

Color Stripes(int x, int y) {
  const auto level = [](int value) { return static_cast<std::uint8_t>(value & 0xff); };
  return {level(x), level(y), level(x + y), level(255 - x / 8)};
}

Bytes SourceOf(ImageFormat format) {
  switch (format) {
    case ImageFormat::kJpeg: return PaintedJpeg(kSourceSize, &Stripes);
    case ImageFormat::kPng: return PaintedPng(kSourceSize, &Stripes, true);
    case ImageFormat::kWebp: return PaintedWebp(kSourceSize, &Stripes, true);
  }
  return {};
}

class SandboxedEngine : public PoolFixture,
                        public testing::WithParamInterface<std::tuple<ImageFormat, ImageFormat>> {};

TEST_P(SandboxedEngine, ResizesEveryFormatIntoEveryOther) {
  const auto [from, to] = GetParam();
  PoolOptions options = Options();
  options.worker_program = THIMBLE_TEST_PROGRAMS "/thimble-worker";
  options.worker_memory_bytes = PoolOptions().worker_memory_bytes;
  StartPool(options);
  auto source = SealedBytesFrom(SourceOf(from));
  ASSERT_TRUE(source);
  Job job;
  job.spec.width = 300;
  job.spec.quality.value = 80;
  job.spec.format = to;
  job.source = std::make_shared<const SealedBytes>(std::move(*source));
  for (int i = 0; i < 3; ++i) {  // a worker's later jobs find a used heap
    const auto output = Await(BeginJob(job));
    ASSERT_TRUE(output) << output.error().detail;
    EXPECT_EQ(output->format, to);
    EXPECT_EQ(output->size, (Size{300, 200}));
    EXPECT_TRUE(DecodedPicture::From(output->bytes));
  }
  EXPECT_EQ(pool_->stats().workers_alive, 1);
}

class SandboxedComparison : public PoolFixture {};

// Memory and system calls suffice for both decoders.
TEST_F(SandboxedComparison, OfTheJpegDecodersFindsThemAlike) {
  PoolOptions options = Options();
  options.worker_program = THIMBLE_TEST_PROGRAMS "/thimble-worker";
  options.worker_memory_bytes = PoolOptions().worker_memory_bytes;
  options.shadow_compare = 0.5;
  StartPool(options);
  const auto run = [this](const Bytes& original, JpegMethod method) {
    auto source = SealedBytesFrom(original);
    Job job;
    job.spec.width = 300;
    job.spec.quality.value = 80;
    job.limits.jpeg_method = method;
    job.source = std::make_shared<const SealedBytes>(std::move(*source));
    return Await(BeginJob(job));
  };
  const Bytes jpeg = SourceOf(ImageFormat::kJpeg);
  const auto own = run(jpeg, JpegMethod::kFastest);
  const auto libjpegs = run(jpeg, JpegMethod::kLibjpeg);
  ASSERT_TRUE(own && libjpegs);
  EXPECT_EQ(own->bytes, libjpegs->bytes);
  EXPECT_EQ(own->comparison, DecoderComparison::kNone);
  EXPECT_EQ(libjpegs->comparison, DecoderComparison::kSame);
  const Bytes half(jpeg.begin(), jpeg.begin() + static_cast<std::ptrdiff_t>(jpeg.size() / 2));
  for (int i = 0; i < 2; ++i) EXPECT_FALSE(run(half, JpegMethod::kFastest));
  for (int i = 0; i < 2; ++i) {
    const auto png = run(SourceOf(ImageFormat::kPng), JpegMethod::kFastest);
    EXPECT_TRUE(png && png->comparison == DecoderComparison::kNone);
  }
  const PoolStats stats = pool_->stats();
  EXPECT_EQ(stats.compared_same, 2);
  EXPECT_EQ(stats.compared_other_bytes + stats.compared_other_verdict, 0);
}

class SandboxedBatch : public PoolFixture {
 protected:
  void StartRealPool(std::size_t max_result_bytes) {
    PoolOptions options = Options();
    options.worker_program = THIMBLE_TEST_PROGRAMS "/thimble-worker";
    options.worker_memory_bytes = PoolOptions().worker_memory_bytes;
    options.max_result_bytes = max_result_bytes;
    StartPool(options);
  }

  static Job JobFor(int width, const std::shared_ptr<const SealedBytes>& source) {
    Job job;
    job.spec.width = width;
    job.spec.quality.value = 80;
    job.source = source;
    return job;
  }

  static std::shared_ptr<const SealedBytes> Original() {
    auto sealed = SealedBytesFrom(SourceOf(ImageFormat::kJpeg));
    EXPECT_TRUE(sealed);
    return std::make_shared<const SealedBytes>(std::move(*sealed));
  }

  void ExpectTheBytesOfEachAlone(const std::vector<int>& widths) {
    const auto source = Original();
    std::vector<std::shared_ptr<Outcome>> together;
    together.reserve(widths.size());
    for (const int width : widths) together.push_back(BeginJob(JobFor(width, source)));
    for (std::size_t i = 0; i < widths.size(); ++i) {
      const auto in_batch = Await(together[i]);
      ASSERT_TRUE(in_batch) << in_batch.error().detail;
      EXPECT_EQ(in_batch->size.width, widths[i]);
      const auto alone = Await(BeginJob(JobFor(widths[i], source)));
      ASSERT_TRUE(alone);
      EXPECT_TRUE(alone->bytes == in_batch->bytes) << widths[i];
    }
  }
};

TEST_F(SandboxedBatch, GivesEachJobTheBytesItGetsAlone) {
  StartRealPool(PoolOptions().max_result_bytes);
  ExpectTheBytesOfEachAlone({1200, 100, 640, 320, 160, 800, 480, 240});
  EXPECT_EQ(pool_->stats().batches_done, 1u + 8u);
}

TEST_F(SandboxedBatch, WhomItLeavesNoRoomIsServedAlone) {
  StartRealPool(PoolOptions().max_result_bytes);
  const auto largest = Await(BeginJob(JobFor(1200, Original())));
  ASSERT_TRUE(largest);
  StartRealPool(largest->bytes.size() * 3 / 2);
  ExpectTheBytesOfEachAlone({1200, 1190, 1180, 1170});
  EXPECT_EQ(pool_->stats().batches_done, 1u + 3u + 4u);
}

std::string PairName(const testing::TestParamInfo<SandboxedEngine::ParamType>& pair) {
  return std::string(NameOf(std::get<0>(pair.param))) + "_to_" +
         std::string(NameOf(std::get<1>(pair.param)));
}

constexpr auto kFormats = {ImageFormat::kJpeg, ImageFormat::kPng, ImageFormat::kWebp};
INSTANTIATE_TEST_SUITE_P(Pairs, SandboxedEngine,
                         testing::Combine(testing::ValuesIn(kFormats), testing::ValuesIn(kFormats)),
                         &PairName);

}  // namespace
}  // namespace thimble
