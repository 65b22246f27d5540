#include "observe/log_queue.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <string>

#include "base/unique_fd.h"

namespace thimble {
namespace {

using std::chrono::milliseconds;

constexpr std::chrono::minutes kPatience{1};

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    reader.reset(ends[0]);
    writer.reset(ends[1]);
  }
  // So that a writer has to wait; gives the bytes.
  std::size_t Fill() {
    EXPECT_EQ(::fcntl(writer.get(), F_SETFL, O_NONBLOCK), 0);
    std::size_t total = 0;
    for (ssize_t put = 1; put > 0; total += put > 0 ? 1 : 0) put = ::write(writer.get(), "f", 1);
    EXPECT_EQ(::fcntl(writer.get(), F_SETFL, 0), 0);
    return total;
  }
  // Everything until the last writer has gone.
  std::string ReadToEnd() {
    writer.reset();
    std::string text;
    std::array<char, 4096> chunk{};
    for (ssize_t got = 1; got > 0;) {
      got = ::read(reader.get(), chunk.data(), chunk.size());
      if (got > 0) text.append(chunk.data(), static_cast<std::size_t>(got));
    }
    return text;
  }

  UniqueFd reader;
  UniqueFd writer;
};

TEST(LogQueueTest, WritesLinesInTheirOrder) {
  Pipe pipe;
  {
    auto queue = LogQueue::Start(pipe.writer.get());
    ASSERT_TRUE(queue);
    (*queue)->Push("first\n");
    (*queue)->Push("second\n");
    EXPECT_TRUE((*queue)->Flush(kPatience));
    (*queue)->Push("third\n");
  }
  EXPECT_EQ(pipe.ReadToEnd(), "first\nsecond\nthird\n");
}

TEST(LogQueueTest, DropsAndCountsWhatNobodyReadsAndNeverWaits) {
  Pipe pipe;
  const std::size_t filling = pipe.Fill();
  constexpr std::size_t kLines = 50;
  const std::string line = std::string(999, 'x') + '\n';
  auto queue = LogQueue::Start(pipe.writer.get(), kLines * line.size());
  ASSERT_TRUE(queue);
  for (int i = 0; i < 1000; ++i) (*queue)->Push(line);
  EXPECT_EQ((*queue)->dropped(), 1000 - kLines);
  EXPECT_FALSE((*queue)->is_half_empty());
  EXPECT_FALSE((*queue)->Flush(milliseconds(1)));
  queue->reset();  // returns although the thread is held by the pipe
  EXPECT_EQ(pipe.ReadToEnd().size(), filling + kLines * line.size());
}

TEST(LogQueueTest, CountsWhatCannotBeWritten) {
  std::signal(SIGPIPE, SIG_IGN);
  Pipe pipe;
  pipe.reader.reset();
  auto queue = LogQueue::Start(pipe.writer.get());
  ASSERT_TRUE(queue);
  (*queue)->Push("lost\n");
  EXPECT_TRUE((*queue)->Flush(kPatience));
  EXPECT_EQ((*queue)->dropped(), 1u);
}

TEST(LogQueueTest, WaitsForADescriptorThatIsNonBlocking) {
  Pipe pipe;
  ASSERT_EQ(::fcntl(pipe.writer.get(), F_SETFL, O_NONBLOCK), 0);
  auto queue = LogQueue::Start(pipe.writer.get());
  ASSERT_TRUE(queue);
  const std::string line = std::string(99'999, 'x') + '\n';  // more than a pipe holds
  (*queue)->Push(line);
  pipe.writer.reset();
  std::string text(line.size(), '\0');
  for (std::size_t got = 0; got < text.size();) {
    const ssize_t more = ::read(pipe.reader.get(), text.data() + got, text.size() - got);
    ASSERT_GT(more, 0);
    got += static_cast<std::size_t>(more);
  }
  EXPECT_EQ(text, line);
  EXPECT_TRUE((*queue)->Flush(kPatience));
  EXPECT_EQ((*queue)->dropped(), 0u);
}

TEST(LogQueueTest, NeedsADescriptor) { EXPECT_FALSE(LogQueue::Start(-1)); }

}  // namespace
}  // namespace thimble
