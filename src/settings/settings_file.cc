#include "settings/settings_file.h"

#include <toml++/toml.h>

#include <fstream>
#include <sstream>
#include <string_view>
#include <utility>

namespace thimble {
namespace {

RawValue RawValueOf(const toml::node& node) {
  using Kind = RawValue::Kind;
  if (const auto* text = node.as_string()) return RawValue::Text(text->get());
  if (const auto* number = node.as_integer()) {
    return {Kind::kInteger, {std::to_string(number->get())}};
  }
  if (const auto* real = node.as_floating_point())
    return {Kind::kReal, {std::to_string(real->get())}};
  if (const auto* boolean = node.as_boolean()) {
    return {Kind::kBoolean, {boolean->get() ? "true" : "false"}};
  }
  const toml::array* array = node.as_array();
  if (array == nullptr) return {Kind::kOther, {""}};
  RawValue list{Kind::kList, {}};
  for (const toml::node& item : *array) {
    RawValue value = RawValueOf(item);
    if (value.kind != Kind::kText && value.kind != Kind::kInteger) return {Kind::kOther, {""}};
    list.items.push_back(std::move(value.items.front()));
  }
  return list;
}

void Flatten(const toml::table& table, const std::string& prefix, const std::string& path,
             std::vector<FileEntry>& entries) {
  for (const auto& [key, node] : table) {
    const std::string name = prefix + std::string(key.str());
    const std::string where = path + ':' + std::to_string(key.source().begin.line);
    const toml::table* inner = node.as_table();
    if (inner == nullptr) {
      entries.push_back({name, where, RawValueOf(node)});
    } else if (inner->empty()) {
      entries.push_back({name, where, {RawValue::Kind::kOther, {""}}});
    } else {
      Flatten(*inner, name + '.', path, entries);
    }
  }
}

}  // namespace

Expected<std::vector<FileEntry>> ReadSettingsFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  // Inserting nothing counts as a failure, but an empty file is none.
  if (file.peek() != std::ifstream::traits_type::eof()) text << file.rdbuf();
  if (!file.is_open() || file.bad() || text.bad()) {
    return Fail(ErrorCode::kBadSetting, path + ": cannot be read");
  }
  try {
    const toml::table root = toml::parse(text.view());
    std::vector<FileEntry> entries;
    Flatten(root, "", path, entries);
    return entries;
  } catch (const toml::parse_error& problem) {
    return Fail(ErrorCode::kBadSetting, path + ':' + std::to_string(problem.source().begin.line) +
                                            ": " + std::string(problem.description()));
  }
}

}  // namespace thimble
