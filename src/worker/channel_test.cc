#include "worker/channel.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <string>

namespace thimble {
namespace {

class ChannelTest : public testing::Test {
 protected:
  void SetUp() override {
    auto channel = MakeChannel();
    ASSERT_TRUE(channel);
    here_ = std::move(channel->first);
    there_ = std::move(channel->second);
  }
  Expected<Received> Receive() { return ReceivePacket(here_.get(), buffer_, Wait::kNo); }
  static long OpenDescriptors() {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
  }

  UniqueFd here_;
  UniqueFd there_;
  std::array<std::uint8_t, 16> buffer_{};
};

TEST_F(ChannelTest, CarriesAPacketWhole) {
  ASSERT_TRUE(SendPacket(there_.get(), BytesOf("hello")));
  const auto received = Receive();
  ASSERT_TRUE(received);
  EXPECT_EQ(received->state, Received::State::kPacket);
  EXPECT_EQ(TextOf(ByteSpan(buffer_).first(received->bytes)), "hello");
}

TEST_F(ChannelTest, CarriesDescriptorsThatStayOutOfOtherPrograms) {
  ASSERT_TRUE(SendPacket(there_.get(), BytesOf("x"), std::array{STDIN_FILENO, STDERR_FILENO}));
  const auto received = Receive();
  ASSERT_TRUE(received);
  ASSERT_EQ(received->descriptors.size(), 2u);
  for (const UniqueFd& fd : received->descriptors) {
    EXPECT_NE(::fcntl(fd.get(), F_GETFD) & FD_CLOEXEC, 0);
  }
}

TEST_F(ChannelTest, SaysWhenThereIsNothingYet) {
  const auto received = Receive();
  ASSERT_TRUE(received);
  EXPECT_EQ(received->state, Received::State::kNothingYet);
}

TEST_F(ChannelTest, SaysWhenTheOtherSideIsGone) {
  there_.reset();
  const auto received = Receive();
  ASSERT_TRUE(received);
  EXPECT_EQ(received->state, Received::State::kClosed);
}

TEST_F(ChannelTest, SaysWhenTheOtherSideLeftOurPacketUnread) {
  ASSERT_TRUE(SendPacket(here_.get(), BytesOf("job")));
  there_.reset();
  const auto received = Receive();
  ASSERT_TRUE(received);
  EXPECT_EQ(received->state, Received::State::kClosedUnread);
}

TEST_F(ChannelTest, RefusesAPacketThatIsTooLong) {
  ASSERT_TRUE(SendPacket(there_.get(), BytesOf("seventeen bytes !")));
  EXPECT_FALSE(Receive());
}

TEST_F(ChannelTest, AnEmptyPacketsDescriptorsAreClosed) {
  const long before = OpenDescriptors();
  ASSERT_TRUE(SendPacket(there_.get(), {}, std::array{STDERR_FILENO}));
  const auto received = Receive();
  ASSERT_TRUE(received);
  EXPECT_EQ(received->state, Received::State::kClosed);
  EXPECT_EQ(OpenDescriptors(), before);
}

// What SendPacket would not do but a hostile process may.
TEST_F(ChannelTest, TooManyDescriptorsAreRefusedAndClosed) {
  const long before = OpenDescriptors();
  const std::array<int, 5> many{0, 1, 2, 0, 1};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof many)> control{};
  char byte = 'x';
  iovec part{&byte, 1};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  cmsghdr* const header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof many);
  std::memcpy(CMSG_DATA(header), many.data(), sizeof many);
  ASSERT_EQ(::sendmsg(there_.get(), &message, 0), 1);
  EXPECT_FALSE(Receive());
  EXPECT_EQ(OpenDescriptors(), before);
}

TEST_F(ChannelTest, SendingToNobodyIsAnErrorAndNoSignal) {
  there_.reset();
  EXPECT_FALSE(SendPacket(here_.get(), BytesOf("x")));
}

}  // namespace
}  // namespace thimble
