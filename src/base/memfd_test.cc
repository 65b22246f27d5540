#include "base/memfd.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <string>
#include <system_error>

namespace thimble {
namespace {

std::string ContentOf(const SealedBytes& bytes) {
  if (bytes.in_own_memory()) return std::string(TextOf(bytes.own_memory()));
  std::string text(bytes.size(), '\0');
  EXPECT_EQ(::pread(bytes.fd(), text.data(), text.size(), 0), static_cast<ssize_t>(text.size()));
  return text;
}

TEST(SealedBytesWriter, KeepsWhatIsAppended) {
  SealedBytesWriter writer = SealedBytesWriter::Create(100).value();
  ASSERT_TRUE(writer.Append(BytesOf("one ")).has_value());
  ASSERT_TRUE(writer.Append(BytesOf("two")).has_value());
  EXPECT_EQ(ContentOf(std::move(writer).Seal().value()), "one two");
}

TEST(SealedBytesWriter, RefusesMoreThanItsCap) {
  SealedBytesWriter writer = SealedBytesWriter::Create(5).value();
  ASSERT_TRUE(writer.Append(BytesOf("12345")).has_value());
  EXPECT_EQ(writer.Append(BytesOf("6")).error().code, ErrorCode::kOriginalTooLarge);
  EXPECT_EQ(writer.size(), 5u);
}

TEST(SealedBytesWriter, KeepsNoMoreThanWasAnnounced) {
  for (const std::size_t announced : {std::size_t{0}, std::size_t{5}, kMaxShortBytes + 1}) {
    SealedBytesWriter writer = SealedBytesWriter::CreateFor(announced).value();
    const std::string text(announced, 'x');
    ASSERT_TRUE(writer.Append(BytesOf(text)).has_value());
    EXPECT_EQ(writer.Append(BytesOf("6")).error().code, ErrorCode::kOriginalTooLarge);
    EXPECT_EQ(ContentOf(std::move(writer).Seal().value()), text);
  }
}

TEST(SealedBytes, AreInOwnMemoryWhenShort) {
  EXPECT_TRUE(SealedBytesFrom(BytesOf("picture")).value().in_own_memory());
  EXPECT_TRUE(SealedBytesFrom({}).value().in_own_memory());
  const std::string longer(kMaxShortBytes + 1, 'x');
  const SealedBytes bytes = SealedBytesFrom(BytesOf(longer)).value();
  EXPECT_FALSE(bytes.in_own_memory());
  EXPECT_EQ(ContentOf(bytes), longer);
}

TEST(SealedBytes, CanNeitherBeWrittenNorResized) {
  SealedBytesWriter writer = SealedBytesWriter::Create(100).value();
  ASSERT_TRUE(writer.Append(BytesOf("picture")).has_value());
  const SealedBytes bytes = std::move(writer).Seal().value();
  EXPECT_EQ(::pwrite(bytes.fd(), "P", 1, 0), -1);
  EXPECT_EQ(errno, EPERM);
  EXPECT_EQ(::ftruncate(bytes.fd(), 1), -1);
  EXPECT_EQ(::ftruncate(bytes.fd(), 1000), -1);
  EXPECT_EQ(::mmap(nullptr, 7, PROT_READ | PROT_WRITE, MAP_SHARED, bytes.fd(), 0), MAP_FAILED);
  EXPECT_EQ(::fcntl(bytes.fd(), F_ADD_SEALS, 0), -1);
  EXPECT_EQ(ContentOf(bytes), "picture");
}

// The memfd that was made last, as long as nobody closes one between.
int LatestMemfd() {
  int latest = -1;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code closed;  // the iterator's own
    const auto target = std::filesystem::read_symlink(entry, closed);
    if (target.string().rfind("/memfd:thimble", 0) == 0) {
      latest = std::max(latest, std::stoi(entry.path().filename()));
    }
  }
  return latest;
}

// As the kernel does while it moves memory; a pipe holds pages for as long as we like.
TEST(SealedBytes, AreSealedWhileSomebodyHoldsAPage) {
  SealedBytesWriter writer = SealedBytesWriter::Create(8192).value();
  ASSERT_TRUE(writer.Append(BytesOf(std::string(8192, 'x'))).has_value());
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  const UniqueFd read_end(ends[0]);
  const UniqueFd write_end(ends[1]);
  off_t offset = 0;
  ASSERT_EQ(::splice(LatestMemfd(), &offset, write_end.get(), nullptr, 8192, 0), 8192);
  const Expected<SealedBytes> bytes = std::move(writer).Seal();
  ASSERT_TRUE(bytes) << bytes.error().detail;
  EXPECT_EQ(::pwrite(bytes->fd(), "y", 1, 0), -1);
  EXPECT_EQ(ContentOf(*bytes), std::string(8192, 'x'));
}

TEST(SealedBytesFromFile, SaysWhichFileCannotBeOpened) {
  const Expected<SealedBytes> bytes = SealedBytesFromFile("/no/such/file", 10);
  ASSERT_FALSE(bytes.has_value());
  EXPECT_NE(bytes.error().detail.find("/no/such/file"), std::string::npos);
}

}  // namespace
}  // namespace thimble
