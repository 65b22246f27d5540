// The real engine needs nothing that its sandbox refuses.

#include <gtest/gtest.h>

#include <string>
#include <tuple>

#include "engine/test_pictures.h"
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
