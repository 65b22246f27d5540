#include "worker/inbox.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include "base/memfd.h"
#include "worker/mapping.h"

namespace thimble {
namespace {

TEST(Inbox, ShowsItsReaderWhatItWasFilledWithLast) {
  auto inbox = Inbox::Create();
  ASSERT_TRUE(inbox);
  const auto mapping = Mapping::OfInbox(inbox->fd());
  ASSERT_TRUE(mapping) << mapping.error().detail;
  inbox->Fill(BytesOf("one picture"));
  EXPECT_EQ(TextOf(mapping->bytes().first(11)), "one picture");
  inbox->Fill(BytesOf("two"));
  EXPECT_EQ(TextOf(mapping->bytes().first(3)), "two");
}

TEST(Inbox, ShowsNothingOfWhatWasInItBefore) {
  auto inbox = Inbox::Create();
  ASSERT_TRUE(inbox);
  const auto mapping = Mapping::OfInbox(inbox->fd());
  ASSERT_TRUE(mapping);
  for (const std::size_t size : {kMaxShortBytes, std::size_t{5000}, std::size_t{3}}) {
    inbox->Fill(std::vector<std::uint8_t>(size, 7));
    const ByteSpan behind = mapping->bytes().subspan(size);
    EXPECT_EQ(std::count(behind.begin(), behind.end(), 0), std::ssize(behind)) << size;
  }
}

TEST(Inbox, HasRoomForTheLongestShortOriginal) {
  auto inbox = Inbox::Create();
  ASSERT_TRUE(inbox);
  const std::vector<std::uint8_t> longest(kMaxShortBytes, 7);
  inbox->Fill(longest);
  const auto mapping = Mapping::OfInbox(inbox->fd());
  ASSERT_TRUE(mapping);
  EXPECT_EQ(mapping->bytes().size(), longest.size());
  EXPECT_EQ(mapping->bytes().back(), 7);
}

TEST(Inbox, CannotBeChangedByWhoeverGetsIt) {
  auto inbox = Inbox::Create();
  ASSERT_TRUE(inbox);
  inbox->Fill(BytesOf("picture"));
  const int fd = inbox->fd();
  EXPECT_EQ(::pwrite(fd, "P", 1, 0), -1);
  EXPECT_EQ(::ftruncate(fd, 1), -1);
  EXPECT_EQ(::ftruncate(fd, 1 << 30), -1);
  EXPECT_EQ(::fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4096), -1);
  EXPECT_EQ(::fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), -1);
  EXPECT_EQ(::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), MAP_FAILED);
  void* const shown = ::mmap(nullptr, 4096, PROT_READ, MAP_SHARED, fd, 0);
  ASSERT_NE(shown, MAP_FAILED);
  EXPECT_EQ(::mprotect(shown, 4096, PROT_READ | PROT_WRITE), -1);
  EXPECT_EQ(::madvise(shown, 4096, MADV_REMOVE), -1);
  EXPECT_EQ(std::string(static_cast<const char*>(shown), 7), "picture");
  ::munmap(shown, 4096);
}

}  // namespace
}  // namespace thimble
