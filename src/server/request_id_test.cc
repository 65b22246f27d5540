#include "server/request_id.h"

#include <gtest/gtest.h>

#include <set>

namespace thimble {
namespace {

std::string Assign(std::string_view offered) {
  static RequestIds ids;
  std::string id = "left over";
  ids.Assign(offered, id);
  return id;
}

TEST(RequestIdTest, AGoodOneIsKept) {
  EXPECT_EQ(Assign("a"), "a");
  EXPECT_EQ(Assign("Az09_-"), "Az09_-");
  EXPECT_EQ(Assign(std::string(64, 'x')), std::string(64, 'x'));
}

TEST(RequestIdTest, OthersAreReplaced) {
  for (const std::string& offered :
       {std::string(), std::string(65, 'x'), std::string("a b"), std::string("a\r\nX: y"),
        std::string("\"a\""), std::string("a\0b", 3), std::string("\xc3\xa4")}) {
    const std::string id = Assign(offered);
    EXPECT_NE(id, offered);
    EXPECT_EQ(id.size(), 16u);
  }
}

TEST(RequestIdTest, NewOnesDiffer) {
  std::set<std::string> ids;
  for (int i = 0; i < 1000; ++i) ids.insert(Assign(""));
  EXPECT_EQ(ids.size(), 1000u);
  for (const std::string& id : ids) {
    EXPECT_EQ(id.size(), 16u);
    EXPECT_EQ(id.find_first_not_of("0123456789abcdef"), std::string::npos) << id;
  }
}

}  // namespace
}  // namespace thimble
