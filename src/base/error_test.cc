#include "base/error.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <set>
#include <string>

namespace thimble {
namespace {

TEST(SlugOf, IsUniqueLowerCaseTextForEveryKnownCode) {
  std::set<std::string_view> seen;
  for (std::uint16_t number = 0; number < 1000; ++number) {
    if (!IsKnownErrorCode(number)) continue;
    const std::string_view slug = SlugOf(static_cast<ErrorCode>(number));
    EXPECT_TRUE(seen.insert(slug).second) << slug;
    EXPECT_EQ(slug.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"), std::string_view::npos)
        << slug;
  }
  EXPECT_GT(seen.size(), 30u);
}

TEST(SlugOf, CallsNumbersOfNoCodeInternal) {
  EXPECT_FALSE(IsKnownErrorCode(9999));
  EXPECT_EQ(SlugOf(static_cast<ErrorCode>(9999)), "internal");
}

TEST(FailErrno, NamesTheCallAndTheReason) {
  errno = ENOENT;
  const Status status = FailErrno("open x");
  EXPECT_EQ(status.error().code, ErrorCode::kSystem);
  EXPECT_EQ(status.error().detail, "open x: No such file or directory");
}

Expected<int> Half(int number) {
  if (number % 2 != 0) return Fail(ErrorCode::kBadParameter, "odd");
  return number / 2;
}

Expected<int> Quarter(int number) {
  THIMBLE_TRY(const int half, Half(number));
  return Half(half);
}

TEST(Try, PassesValuesOnAndReturnsFailures) {
  EXPECT_EQ(Quarter(8).value(), 2);
  EXPECT_EQ(Quarter(7).error().detail, "odd");
}

}  // namespace
}  // namespace thimble
