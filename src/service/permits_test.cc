#include "service/permits.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <optional>
#include <vector>

#include "async/spawn.h"

namespace thimble {
namespace {

namespace asio = boost::asio;

class PermitsTest : public testing::Test {
 protected:
  struct Slot {
    std::optional<Expected<Permits::Permit>> answer;
    bool granted() const { return answer && answer->has_value(); }
    ErrorCode error() const { return answer->error().code; }
  };

  // Asks and runs until nothing moves any more.
  std::shared_ptr<Slot> Ask(Permits& permits, Deadline deadline) {
    auto slot = std::make_shared<Slot>();
    Spawn(context_.get_executor(), Store(permits, deadline, slot));
    Settle();
    return slot;
  }
  void Settle() {
    context_.restart();
    context_.poll();
  }

  static asio::awaitable<void> Store(Permits& permits, Deadline deadline,
                                     std::shared_ptr<Slot> slot) {
    auto answer = co_await permits.Acquire(deadline);
    slot->answer.emplace(std::move(answer));
  }

  asio::io_context context_;
  const Deadline far_ = Deadline::After(std::chrono::hours(1));
};

TEST_F(PermitsTest, GrantsAsManyAsThereAreAndLetsTheNextWait) {
  Permits permits(2, 10);
  const auto first = Ask(permits, far_);
  const auto second = Ask(permits, far_);
  const auto third = Ask(permits, far_);
  EXPECT_TRUE(first->granted());
  EXPECT_TRUE(second->granted());
  EXPECT_FALSE(third->answer.has_value());
  EXPECT_EQ(permits.in_use(), 2);
  EXPECT_EQ(permits.waiting(), 1);

  first->answer.reset();
  Settle();
  EXPECT_TRUE(third->granted());
  EXPECT_EQ(permits.in_use(), 2);
  EXPECT_EQ(permits.waiting(), 0);
}

TEST_F(PermitsTest, PlacesComeBackWhenNobodyWaits) {
  Permits permits(1, 10);
  Ask(permits, far_)->answer.reset();
  EXPECT_EQ(permits.in_use(), 0);
  EXPECT_TRUE(Ask(permits, far_)->granted());
}

TEST_F(PermitsTest, IsOverloadedWhenTooManyWait) {
  Permits permits(1, 1);
  const auto holder = Ask(permits, far_);
  const auto waiter = Ask(permits, far_);
  const auto refused = Ask(permits, far_);
  ASSERT_TRUE(refused->answer.has_value());
  EXPECT_EQ(refused->error(), ErrorCode::kOverloaded);
  EXPECT_FALSE(waiter->answer.has_value());
}

TEST_F(PermitsTest, AWaiterWhoseTimeRanOutTakesNoPlace) {
  Permits permits(1, 10);
  const auto holder = Ask(permits, far_);
  const auto late = std::make_shared<Slot>();
  Spawn(context_.get_executor(),
        Store(permits, Deadline::After(std::chrono::milliseconds(1)), late));
  context_.restart();
  context_.run();  // until the alarm
  ASSERT_TRUE(late->answer.has_value());
  EXPECT_EQ(late->error(), ErrorCode::kDeadlineExceeded);
  holder->answer.reset();
  EXPECT_EQ(permits.in_use(), 0);
}

TEST_F(PermitsTest, APermitMayOutliveThePermits) {
  auto permits = std::make_unique<Permits>(1, 1);
  const auto holder = Ask(*permits, far_);
  permits.reset();
  holder->answer.reset();
}

}  // namespace
}  // namespace thimble
