// What every Origin promises, as tests. A store joins by deriving a StoreUnderTest, and
//   INSTANTIATE_TEST_SUITE_P(Files, OriginContract, testing::Values(&MakeMyStore));
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "origin/origin.h"
#include "origin/origin_test_support.h"

namespace thimble {

using StoreFactory = std::unique_ptr<StoreUnderTest> (*)(boost::asio::any_io_executor);

class OriginContract : public testing::TestWithParam<StoreFactory> {
 protected:
  OriginContract() : store_(GetParam()(context_.get_executor())) {}

  static Deadline Soon() { return Deadline::After(std::chrono::seconds(30)); }

  Expected<Original> Fetch(const std::string& key, Deadline deadline = Soon()) {
    return RunToEnd(context_, store_->origin().Fetch(SourceKey{key}, deadline));
  }
  Expected<SourceValidator> Stat(const std::string& key, Deadline deadline = Soon()) {
    return RunToEnd(context_, store_->origin().Stat(SourceKey{key}, deadline));
  }

  boost::asio::io_context context_;
  std::unique_ptr<StoreUnderTest> store_;
};

TEST_P(OriginContract, FetchesWhatWasStored) {
  const std::string bytes = std::string("\0\xff\r\n", 4) + std::string(100'000, 'x');
  store_->Put("albums/1/cover.jpg", bytes);
  const auto fetched = Fetch("albums/1/cover.jpg");
  ASSERT_TRUE(fetched) << fetched.error().detail;
  EXPECT_EQ(TextOfSealed(*fetched->bytes), bytes);
  EXPECT_FALSE(fetched->validator.entity_tag.empty());
  EXPECT_TRUE(fetched->validator.last_modified);
}

TEST_P(OriginContract, WhatIsNotThereIsNotFound) {
  store_->Put("present.jpg", "bytes");
  for (const char* key : {"absent.jpg", "present.jpg/below", "absent/below.jpg", "present.jp",
                          "present.jpgg", "present.jpg/", "PRESENT.JPG"}) {
    const auto fetched = Fetch(key);
    ASSERT_FALSE(fetched) << key;
    EXPECT_EQ(fetched.error().code, ErrorCode::kOriginalNotFound) << key;
    const auto found = Stat(key);
    ASSERT_FALSE(found) << key;
    EXPECT_EQ(found.error().code, ErrorCode::kOriginalNotFound) << key;
  }
}

TEST_P(OriginContract, KeysThatCanNameNoOriginAreNotFound) {
  for (const std::string& key : {std::string(), std::string("."), std::string(".."),
                                 std::string("../x"), std::string("a/../x"), std::string("a/./x"),
                                 std::string("x\0y", 3), std::string(2000, 'k')}) {
    const auto fetched = Fetch(key);
    ASSERT_FALSE(fetched) << key;
    EXPECT_EQ(fetched.error().code, ErrorCode::kOriginalNotFound) << key;
  }
}

TEST_P(OriginContract, KeysAreExactBytes) {
  // No two of these are one key: not by encoding, not by case, not by Unicode's normal forms.
  const std::vector<std::string> keys = {
      "a b.jpg",       "a+b.jpg",       "a%20b.jpg",   "a%2520b.jpg", "a=b&c(d)!'*.jpg",
      "한글/사진.jpg", "é.jpg",         "e\u0301.jpg", "a?b#c.jpg",   "a:b;c,d@e$.jpg",
      "~a_b-c.d",      "[x]{y}|^`.jpg", "A.JPG",       "a.jpg"};
  for (const std::string& key : keys) store_->Put(key, "bytes of " + key);
  for (const std::string& key : keys) {
    const auto fetched = Fetch(key);
    ASSERT_TRUE(fetched) << key << ": " << fetched.error().detail;
    EXPECT_EQ(TextOfSealed(*fetched->bytes), "bytes of " + key);
  }
}

TEST_P(OriginContract, AnEmptyOriginalIsAnOriginal) {
  store_->Put("empty.jpg", "");
  const auto fetched = Fetch("empty.jpg");
  ASSERT_TRUE(fetched) << fetched.error().detail;
  EXPECT_EQ(fetched->bytes->size(), 0u);
}

TEST_P(OriginContract, TheCapIsTheLargestSizeThatIsFetched) {
  store_->Put("at-the-cap.jpg", std::string(kContractMaxBytes, 'x'));
  store_->Put("over-the-cap.jpg", std::string(kContractMaxBytes + 1, 'x'));
  const auto allowed = Fetch("at-the-cap.jpg");
  ASSERT_TRUE(allowed) << allowed.error().detail;
  EXPECT_EQ(allowed->bytes->size(), kContractMaxBytes);
  const auto refused = Fetch("over-the-cap.jpg");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kOriginalTooLarge);
}

TEST_P(OriginContract, StatSaysWhatFetchSays) {
  store_->Put("cover.jpg", "some bytes");
  const auto fetched = Fetch("cover.jpg");
  const auto found = Stat("cover.jpg");
  ASSERT_TRUE(fetched) << fetched.error().detail;
  ASSERT_TRUE(found) << found.error().detail;
  EXPECT_EQ(found->entity_tag, fetched->validator.entity_tag);
  EXPECT_EQ(found->last_modified, fetched->validator.last_modified);
}

TEST_P(OriginContract, AnotherVersionHasAnotherTag) {
  store_->Put("cover.jpg", "first");
  const auto before = Stat("cover.jpg");
  store_->Put("cover.jpg", "second, longer");
  const auto after = Stat("cover.jpg");
  ASSERT_TRUE(before && after);
  EXPECT_NE(before->entity_tag, after->entity_tag);
}

TEST_P(OriginContract, APassedDeadlineIsATimeout) {
  store_->Put("cover.jpg", "bytes");
  const Deadline passed = Deadline::After(std::chrono::milliseconds(-1));
  const auto fetched = Fetch("cover.jpg", passed);
  ASSERT_FALSE(fetched);
  EXPECT_EQ(fetched.error().code, ErrorCode::kOriginTimeout);
  const auto found = Stat("cover.jpg", passed);
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::kOriginTimeout);
}

TEST_P(OriginContract, ManyFetchesAtOnceAllEnd) {
  constexpr int kOriginals = 8;
  constexpr int kFetches = 64;
  const auto bytes_of = [](int n) {
    return std::string(static_cast<std::size_t>(50'000 + n), static_cast<char>('a' + n));
  };
  for (int n = 0; n < kOriginals; ++n) store_->Put("many/" + std::to_string(n), bytes_of(n));
  std::vector<Expected<Original>> fetched;
  for (int i = 0; i < kFetches; ++i) {
    boost::asio::co_spawn(
        context_,
        store_->origin().Fetch(SourceKey{"many/" + std::to_string(i % kOriginals)}, Soon()),
        [&fetched](std::exception_ptr thrown, Expected<Original> one) {
          if (thrown) std::rethrow_exception(thrown);
          fetched.push_back(std::move(one));
        });
  }
  context_.restart();
  context_.run();
  ASSERT_EQ(fetched.size(), static_cast<std::size_t>(kFetches));
  for (const auto& one : fetched) {
    ASSERT_TRUE(one) << one.error().detail;
    const int n = static_cast<int>(one->bytes->size()) - 50'000;
    EXPECT_EQ(TextOfSealed(*one->bytes), bytes_of(n));
  }
}

TEST_P(OriginContract, ACancelledFetchEndsAndHarmsNothing) {
  store_->Put("cover.jpg", std::string(100'000, 'x'));
  boost::asio::cancellation_signal cancel;
  bool ended = false;
  boost::asio::co_spawn(
      context_, store_->origin().Fetch(SourceKey{"cover.jpg"}, Soon()),
      boost::asio::bind_cancellation_slot(
          cancel.slot(), [&ended](std::exception_ptr, Expected<Original>) { ended = true; }));
  boost::asio::post(context_, [&cancel] { cancel.emit(boost::asio::cancellation_type::terminal); });
  context_.restart();
  context_.run();
  EXPECT_TRUE(ended);
  EXPECT_TRUE(Fetch("cover.jpg"));
}

TEST_P(OriginContract, AFetchMayBeLeftBehindWhenTheContextEnds) {
  store_->Put("cover.jpg", std::string(100'000, 'x'));
  boost::asio::co_spawn(context_, store_->origin().Fetch(SourceKey{"cover.jpg"}, Soon()),
                        [](std::exception_ptr, Expected<Original>) {});
  context_.restart();
  context_.run_one();  // it begins; what is left is for the destructors, in this fixture's order
}

}  // namespace thimble
