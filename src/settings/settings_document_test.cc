// docs/configuration.md and the table of settings must say the same.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "settings/settings_loader.h"
#include "settings/settings_table.h"

namespace thimble {
namespace {

// Rows of the document's tables that begin with a setting's name: | `http.listen` | ...
std::vector<std::string> DocumentedRows() {
  std::ifstream document(THIMBLE_DOCUMENT);
  std::vector<std::string> rows;
  for (std::string line; std::getline(document, line);) {
    if (line.starts_with("| `")) rows.push_back(line);
  }
  return rows;
}

std::string AsText(const std::vector<std::string>& rows) {
  std::string text;
  for (const std::string& row : rows) text += row + '\n';
  return text;
}

std::string Code(const std::string& text) { return text.empty() ? "" : '`' + text + '`'; }

std::string RowFor(const Setting& setting) {
  return "| " + Code(setting.key) + " | " + setting.accepts + " | " +
         Code(setting.show(DefaultSettings())) + " | " + Code(setting.flag) + " | " + setting.help +
         " |";
}

TEST(ConfigurationDocument, ListsEverySettingAsItIs) {
  std::vector<std::string> expected;
  for (const Setting& setting : AllSettings()) expected.push_back(RowFor(setting));
  EXPECT_THAT(DocumentedRows(), ::testing::ElementsAreArray(expected)) << "The tables should be:\n"
                                                                       << AsText(expected);
}

TEST(SettingsTable, NamesEachThingOnce) {
  std::set<std::string> names;
  for (const Setting& setting : AllSettings()) {
    EXPECT_TRUE(names.insert(setting.key).second) << setting.key;
    EXPECT_TRUE(names.insert(EnvironmentNameOf(setting)).second) << setting.key;
    if (!setting.flag.empty()) {
      EXPECT_TRUE(names.insert(setting.flag).second) << setting.flag;
    }
  }
}

TEST(SettingsTable, AcceptsItsOwnDefaults) {
  const Settings defaults = DefaultSettings();
  for (const Setting& setting : AllSettings()) {
    const std::string shown = setting.show(defaults);
    if (shown.empty()) continue;  // means that nothing is set
    Settings settings = defaults;
    const Status assigned = setting.assign(settings, RawValue::Text(shown));
    EXPECT_TRUE(assigned) << setting.key << " = " << shown;
    EXPECT_EQ(setting.show(settings), shown) << setting.key;
  }
}

}  // namespace
}  // namespace thimble
