#include "url/variant_bounds.h"

#include <gtest/gtest.h>

#include <array>

namespace thimble {
namespace {

constexpr std::array<std::int32_t, 4> kSizes = {600, 100, 9000, 300};  // in no order
constexpr auto kSnap = UrlPolicy::WhenNotAllowed::kSnap;
constexpr auto kReject = UrlPolicy::WhenNotAllowed::kReject;

TEST(VariantBounds, SnapToTheNearestThatIsNotSmaller) {
  EXPECT_EQ(WithinBounds(1, {"width", 1000, kSizes, kSnap}), 100);
  EXPECT_EQ(WithinBounds(100, {"width", 1000, kSizes, kSnap}), 100);
  EXPECT_EQ(WithinBounds(101, {"width", 1000, kSizes, kSnap}), 300);
  EXPECT_EQ(WithinBounds(599, {"width", 1000, kSizes, kSnap}), 600);
}

TEST(VariantBounds, SnapToTheLargestWhereAllAreSmaller) {
  EXPECT_EQ(WithinBounds(601, {"width", 1000, kSizes, kSnap}), 600);
  EXPECT_EQ(WithinBounds(5'000'000'000, {"width", 1000, kSizes, kSnap}), 600);
}

TEST(VariantBounds, ClampWhereAnySizeIsAllowed) {
  EXPECT_EQ(WithinBounds(999, {"width", 1000, {}, kSnap}), 999);
  EXPECT_EQ(WithinBounds(1001, {"width", 1000, {}, kSnap}), 1000);
  EXPECT_EQ(WithinBounds(5'000'000'000, {"width", 1000, {}, kSnap}), 1000);
}

TEST(VariantBounds, RejectEverythingElseWhereTheOperatorChoseSo) {
  EXPECT_EQ(WithinBounds(300, {"width", 1000, kSizes, kReject}), 300);
  EXPECT_EQ(WithinBounds(1000, {"width", 1000, {}, kReject}), 1000);
  for (const std::int64_t value : {1, 301, 1001, 9000}) {
    const auto bounded = WithinBounds(value, {"width", 1000, kSizes, kReject});
    ASSERT_FALSE(bounded) << value;
    EXPECT_EQ(bounded.error().code, ErrorCode::kVariantNotAllowed);
  }
  EXPECT_FALSE(WithinBounds(1001, {"width", 1000, {}, kReject}));
}

TEST(VariantBounds, ThatAllowNothingRejectEvenWhenSnapping) {
  const auto bounded = WithinBounds(50, {"width", 50, kSizes, kSnap});
  ASSERT_FALSE(bounded);
  EXPECT_EQ(bounded.error().code, ErrorCode::kVariantNotAllowed);
}

}  // namespace
}  // namespace thimble
