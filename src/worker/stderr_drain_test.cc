#include "worker/stderr_drain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <string>
#include <vector>

namespace thimble {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Collected {
  std::vector<std::string> lines;
  LineSink sink() {
    return [this](std::string_view line) { lines.emplace_back(line); };
  }
};

TEST(LineLimiterTest, CutsAStreamIntoLines) {
  Collected collected;
  LineLimiter limiter(collected.sink());
  limiter.Feed("one\ntw");
  EXPECT_THAT(collected.lines, ElementsAre("one"));
  limiter.Feed("o\n\nthree");
  EXPECT_THAT(collected.lines, ElementsAre("one", "two", ""));
}

TEST(LineLimiterTest, ShortensLongLines) {
  Collected collected;
  LineLimiter limiter(collected.sink());
  for (int i = 0; i < 3; ++i) limiter.Feed(std::string(900, 'x'));
  limiter.Feed("\nnext\n");
  EXPECT_THAT(collected.lines, ElementsAre(std::string(LineLimiter::kMaxLineBytes, 'x'), "next"));
}

TEST(LineLimiterTest, PassesOnTheFirstLinesOfAWindowAndCountsTheRest) {
  Collected collected;
  LineLimiter limiter(collected.sink());
  for (int i = 0; i < LineLimiter::kLinesPerWindow + 7; ++i) limiter.Feed("x\n");
  EXPECT_TRUE(limiter.exhausted());
  EXPECT_EQ(collected.lines.size(), std::size_t{LineLimiter::kLinesPerWindow});
  EXPECT_EQ(limiter.dropped(), 7u);
  collected.lines.clear();
  limiter.Renew();
  limiter.Feed("again\n");
  EXPECT_THAT(collected.lines, ElementsAre(HasSubstr("7 more lines"), "again"));
  collected.lines.clear();
  limiter.Renew();
  EXPECT_THAT(collected.lines, IsEmpty());
}

TEST(LineLimiterTest, IsExhaustedByALineWithoutAnEndToo) {
  LineLimiter limiter([](std::string_view) {});
  limiter.Feed(std::string(LineLimiter::kBytesPerWindow, 'x'));
  EXPECT_TRUE(limiter.exhausted());
}

TEST(StderrDrainTest, ReadsWhileTheExecutorRunsAndLetsWritersNeverWait) {
  boost::asio::io_context context;
  Collected collected;
  auto drain = StderrDrain::Open(context.get_executor(), collected.sink());
  ASSERT_TRUE(drain);
  (*drain)->Watch();
  const std::string text = "a worker's words\n";
  ASSERT_EQ(::write((*drain)->write_end(), text.data(), text.size()), 17);
  while (collected.lines.empty()) context.run_one();
  EXPECT_THAT(collected.lines, ElementsAre("a worker's words"));

  while (::write((*drain)->write_end(), text.data(), text.size()) > 0) {
  }  // the pipe is full now, and that was no reason to wait
  while ((*drain)->dropped() == 0) context.run_one();
  EXPECT_EQ(collected.lines.size(), std::size_t{LineLimiter::kLinesPerWindow});
  (*drain)->Stop();
  EXPECT_THAT(collected.lines.back(), HasSubstr("more lines of workers were not logged"));
  context.run();  // nothing is left to be waited for
}

}  // namespace
}  // namespace thimble
