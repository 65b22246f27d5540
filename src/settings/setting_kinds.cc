#include "settings/setting_kinds.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <system_error>

#include "base/ascii.h"

namespace thimble {
namespace {

using Kind = RawValue::Kind;

tl::unexpected<Error> Expecting(std::string_view what) {
  return Fail(ErrorCode::kBadSetting, "expected " + std::string(what));
}

// In a list of one line, as the environment and flags give it, commas stand between the items.
std::vector<std::string> ItemsOf(const RawValue& raw) {
  if (raw.kind == Kind::kList) return raw.items;
  std::vector<std::string> items;
  std::string_view rest = raw.items.front();
  while (!rest.empty()) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    items.emplace_back(rest.substr(0, comma));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return items;
}

Status CheckRange(std::int64_t value, Range range, std::string (*show)(std::int64_t)) {
  if (value < range.least) return Fail(ErrorCode::kBadSetting, "at least " + show(range.least));
  if (value > range.most) return Fail(ErrorCode::kBadSetting, "at most " + show(range.most));
  return {};
}

}  // namespace

std::string Accepting(std::string_view kind, Range range, std::string (*show)(std::int64_t)) {
  std::string text(kind);
  if (range.most == std::numeric_limits<std::int64_t>::max()) return text;
  return text + ", " + show(range.least) + " to " + show(range.most);
}

Expected<std::string> ReadText(const RawValue& raw) {
  if (raw.kind != Kind::kText) return Expecting("text in quotes");
  return raw.items.front();
}

Expected<bool> ReadBoolean(const RawValue& raw) {
  if (raw.kind == Kind::kBoolean || raw.kind == Kind::kInteger || raw.kind == Kind::kText) {
    const std::string& text = raw.items.front();
    if (text == "true" || text == "1") return true;
    if (text == "false" || text == "0") return false;
  }
  return Expecting("true or false");
}

Expected<std::int64_t> ReadInteger(const RawValue& raw, Range range) {
  if (raw.kind != Kind::kInteger && raw.kind != Kind::kText) return Expecting("a whole number");
  THIMBLE_TRY(const std::int64_t value, ParseInteger(raw.items.front()));
  if (Status in_range = CheckRange(value, range, &ShowNumber); !in_range) return Forward(in_range);
  return value;
}

Expected<double> ReadShare(const RawValue& raw) {
  const bool is_number =
      raw.kind == Kind::kReal || raw.kind == Kind::kInteger || raw.kind == Kind::kText;
  if (!is_number) return Expecting("a number from 0 to 1");
  const std::string& text = raw.items.front();
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool is_share = value >= 0 && value <= 1;  // nor is what is no number
  if (error != std::errc() || end != text.data() + text.size() || !is_share) {
    return Expecting("a number from 0 to 1");
  }
  return value;
}

Expected<std::int64_t> ReadByteSize(const RawValue& raw, Range range) {
  if (raw.kind != Kind::kInteger && raw.kind != Kind::kText) return Expecting("a size: \"256MiB\"");
  THIMBLE_TRY(const std::int64_t value, ParseByteSize(raw.items.front()));
  if (Status in_range = CheckRange(value, range, &FormatByteSize); !in_range) {
    return Forward(in_range);
  }
  return value;
}

Expected<std::chrono::milliseconds> ReadDuration(const RawValue& raw,
                                                 std::chrono::milliseconds least,
                                                 std::chrono::milliseconds unit) {
  if (raw.kind != Kind::kInteger && raw.kind != Kind::kText)
    return Expecting("a duration: \"75s\"");
  THIMBLE_TRY(const std::chrono::milliseconds value, ParseDuration(raw.items.front()));
  if (value % unit != std::chrono::milliseconds::zero()) {
    return Fail(ErrorCode::kBadSetting, "must be whole seconds");
  }
  if (value < least) return Fail(ErrorCode::kBadSetting, "at least " + FormatDuration(least));
  if (value > kLongestDuration) {
    return Fail(ErrorCode::kBadSetting, "at most " + FormatDuration(kLongestDuration));
  }
  return value;
}

Expected<std::vector<std::string>> ReadTextList(const RawValue& raw) {
  if (raw.kind != Kind::kList && raw.kind != Kind::kText) return Expecting("a list of texts");
  std::vector<std::string> items = ItemsOf(raw);
  if (std::any_of(items.begin(), items.end(), [](const auto& item) { return item.empty(); })) {
    return Fail(ErrorCode::kBadSetting, "no item may be empty");
  }
  return items;
}

Expected<std::vector<IpNetwork>> ReadNetworkList(const RawValue& raw) {
  THIMBLE_TRY(const std::vector<std::string> texts, ReadTextList(raw));
  std::vector<IpNetwork> networks;
  for (const std::string& text : texts) {
    const std::optional<IpNetwork> network = ParseIpNetwork(text);
    if (!network) return Expecting("addresses or networks such as 10.0.0.0/8 or 2001:db8::/32");
    networks.push_back(*network);
  }
  return networks;
}

Expected<std::vector<std::int32_t>> ReadIntegerList(const RawValue& raw, Range range) {
  if (raw.kind == Kind::kBoolean || raw.kind == Kind::kOther) return Expecting("a list of numbers");
  std::vector<std::int32_t> numbers;
  for (std::string& item : ItemsOf(raw)) {
    THIMBLE_TRY(const std::int64_t number, ReadInteger(RawValue::Text(std::move(item)), range));
    numbers.push_back(static_cast<std::int32_t>(number));
  }
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  return numbers;
}

Expected<std::size_t> ReadChoice(const RawValue& raw, const std::vector<std::string>& names) {
  if (raw.kind == Kind::kText) {
    const auto found = std::find(names.begin(), names.end(), raw.items.front());
    if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  }
  return Expecting(JoinedWith(" or ", names));
}

std::string ShowShare(double value) {
  std::string text = std::to_string(value);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

std::string ShowBoolean(bool value) { return value ? "true" : "false"; }

std::string ShowNumber(std::int64_t value) { return std::to_string(value); }

std::string ShowMilliseconds(std::int64_t value) {
  return FormatDuration(std::chrono::milliseconds(value));
}

std::string JoinedWith(std::string_view separator, const std::vector<std::string>& items) {
  std::string joined;
  for (const std::string& item : items) {
    if (!joined.empty()) joined += separator;
    joined += item;
  }
  return joined;
}

std::string ShowList(const std::vector<std::string>& items) { return JoinedWith(",", items); }

std::string ShowList(const std::vector<std::int32_t>& items) {
  std::vector<std::string> texts;
  texts.reserve(items.size());
  for (const std::int32_t item : items) texts.push_back(std::to_string(item));
  return ShowList(texts);
}

std::string ShowList(const std::vector<IpNetwork>& items) {
  std::vector<std::string> texts;
  texts.reserve(items.size());
  for (const IpNetwork& item : items) texts.push_back(ShowIpNetwork(item));
  return ShowList(texts);
}

std::string EnvironmentNameOf(const Setting& setting) {
  std::string name = "THIMBLE_" + UpperAscii(setting.key);
  std::replace(name.begin(), name.end(), '.', '_');
  return name;
}

}  // namespace thimble
