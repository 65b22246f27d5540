// docs/http-api.md says what the code does: its tables are compared with the code's.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/ascii.h"
#include "base/error.h"
#include "http/error_answer.h"
#include "url/query.h"

namespace thimble {
namespace {

using Row = std::vector<std::string>;

// The rows of the first table below the heading, without the two that are its head.
std::vector<Row> TableBelow(std::string_view heading) {
  std::ifstream document(THIMBLE_DOCUMENT);
  std::vector<Row> rows;
  std::string line;
  while (std::getline(document, line) && line != heading) continue;
  while (std::getline(document, line) && !line.starts_with('|')) continue;
  for (; line.starts_with('|'); std::getline(document, line)) {
    std::istringstream cells(line.substr(1));
    Row row;
    for (std::string cell; std::getline(cells, cell, '|');) row.emplace_back(Trimmed(cell));
    rows.push_back(std::move(row));
  }
  if (rows.size() < 3) return {};
  return {rows.begin() + 2, rows.end()};
}

// What stands between back quotes.
std::vector<std::string> CodeIn(std::string_view cell) {
  std::vector<std::string> codes;
  std::istringstream pieces{std::string(cell)};
  std::string piece;
  for (bool inside = false; std::getline(pieces, piece, '`'); inside = !inside) {
    if (inside) codes.push_back(piece);
  }
  return codes;
}

std::string WithoutBackQuotes(std::string text) {
  text.erase(std::remove(text.begin(), text.end(), '`'), text.end());
  return text;
}

TEST(HttpApiDocument, ListsEveryParameterWithItsValues) {
  std::map<std::string, std::string> documented;
  for (const Row& row : TableBelow("### Parameters")) {
    ASSERT_EQ(row.size(), 4U);
    for (const std::string& name : CodeIn(row[0])) documented[name] = WithoutBackQuotes(row[2]);
  }
  std::map<std::string, std::string> known;
  for (const Parameter& parameter : QueryParameters()) {
    known.emplace(parameter.name, ValuesOf(parameter));
  }
  EXPECT_EQ(documented, known);
}

TEST(HttpApiDocument, PutsTheNamesOfOneThingIntoOneRow) {
  std::map<std::string, std::string> thing_of;
  for (const Parameter& parameter : QueryParameters()) {
    thing_of.emplace(parameter.name, parameter.sets);
  }
  std::set<std::string> things;
  for (const Row& row : TableBelow("### Parameters")) {
    std::set<std::string> of_row;
    for (const std::string& name : CodeIn(row[0])) of_row.insert(thing_of[name]);
    EXPECT_EQ(of_row.size(), 1U) << row[0];
    EXPECT_TRUE(things.insert(*of_row.begin()).second) << row[0];
  }
}

TEST(HttpApiDocument, ListsEveryErrorWithItsStatus) {
  std::map<std::string, int> documented;
  for (const Row& row : TableBelow("## Errors")) {
    ASSERT_EQ(row.size(), 3U);
    for (const std::string& code : CodeIn(row[1])) documented[code] = std::stoi(row[0]);
  }
  std::map<std::string, int> sent;
  constexpr auto kNeverSent = static_cast<std::uint16_t>(ErrorCode::kBadSetting);  // and behind
  for (std::uint16_t number = 0; number < kNeverSent; ++number) {
    if (!IsKnownErrorCode(number)) continue;
    const auto code = static_cast<ErrorCode>(number);
    sent.emplace(SlugOf(code), StatusOf(code));
  }
  EXPECT_EQ(documented, sent);
}

}  // namespace
}  // namespace thimble
