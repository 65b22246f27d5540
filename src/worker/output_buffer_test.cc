#include "worker/output_buffer.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <vector>

namespace thimble {
namespace {

TEST(OutputBuffer, HasTheSizeItWasGivenForGood) {
  const auto output = OutputBuffer::Create(1000);
  ASSERT_TRUE(output);
  EXPECT_EQ(::ftruncate(output->fd(), 0), -1);
  EXPECT_EQ(::ftruncate(output->fd(), 2000), -1);
  EXPECT_EQ(::fcntl(output->fd(), F_ADD_SEALS, F_SEAL_WRITE), -1);
  EXPECT_EQ(::lseek(output->fd(), 0, SEEK_END), 1000);
}

TEST(OutputBuffer, ACopyDoesNotChangeWithIt) {
  const auto output = OutputBuffer::Create(1000);
  ASSERT_TRUE(output);
  ASSERT_EQ(::pwrite(output->fd(), "before", 6, 0), 6);
  const auto copy = output->CopyOut(0, 6);
  ASSERT_EQ(::pwrite(output->fd(), "behind", 6, 0), 6);
  ASSERT_TRUE(copy);
  EXPECT_EQ(std::string(copy->begin(), copy->end()), "before");
}

TEST(OutputBuffer, CopiesAnyPartUpToItsEnd) {
  const auto output = OutputBuffer::Create(10);
  ASSERT_TRUE(output);
  ASSERT_EQ(::pwrite(output->fd(), "0123456789", 10, 0), 10);
  const auto tail = output->CopyOut(7, 3);
  ASSERT_TRUE(tail);
  EXPECT_EQ(std::string(tail->begin(), tail->end()), "789");
}

TEST(OutputBuffer, KeepsTheMemoryOfSmallResultsOnly) {
  const auto output = OutputBuffer::Create(std::size_t{4} << 20);
  ASSERT_TRUE(output);
  const auto blocks = [&output] {
    struct stat facts {};
    EXPECT_EQ(::fstat(output->fd(), &facts), 0);
    return facts.st_blocks;
  };
  ASSERT_EQ(::pwrite(output->fd(), "small", 5, 0), 5);
  output->KeepLittle();
  EXPECT_GT(blocks(), 0);
  const std::vector<char> large(std::size_t{3} << 20, 'x');
  ASSERT_EQ(::pwrite(output->fd(), large.data(), large.size(), 0),
            static_cast<ssize_t>(large.size()));
  output->KeepLittle();
  EXPECT_EQ(blocks(), 0);
  EXPECT_EQ(::lseek(output->fd(), 0, SEEK_END), 4 << 20);
}

}  // namespace
}  // namespace thimble
