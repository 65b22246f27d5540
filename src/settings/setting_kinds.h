// What a setting may be: each function makes a Setting of one kind for one field of Settings.
//
//   Duration("http.keep_alive", At(&Settings::http, &HttpSettings::keep_alive), "Idle ...")
//
// Numbers, sizes and durations take the range that makes sense, so that a wrong value is an error
// at the start and not a fault that is hard to explain later.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "settings/quantity.h"
#include "settings/setting.h"

namespace thimble {

// A field of a Settings, given as the members on the way to it.
template <class... Members>
auto At(Members... path) {
  return [=](auto& settings) -> auto& { return (settings.*....*path); };
}

struct Range {
  std::int64_t least = 0;
  std::int64_t most = std::numeric_limits<std::int32_t>::max();
};

// What a kind of numbers accepts, for people: "number, 1 to 100".
std::string Accepting(std::string_view kind, Range range, std::string (*show)(std::int64_t));
// What adds a duration to the present moment must not overflow.
inline constexpr std::chrono::milliseconds kLongestDuration = std::chrono::days(3650);

// The readers behind the kinds below.
Expected<std::string> ReadText(const RawValue& raw);
Expected<bool> ReadBoolean(const RawValue& raw);
Expected<std::int64_t> ReadInteger(const RawValue& raw, Range range);
// From 0 to 1, in at most six decimals.
Expected<double> ReadShare(const RawValue& raw);
Expected<std::int64_t> ReadByteSize(const RawValue& raw, Range range);
// `unit`: what the field counts in; a finer value is refused.
Expected<std::chrono::milliseconds> ReadDuration(const RawValue& raw,
                                                 std::chrono::milliseconds least,
                                                 std::chrono::milliseconds unit);
Expected<std::vector<std::string>> ReadTextList(const RawValue& raw);
Expected<std::vector<IpNetwork>> ReadNetworkList(const RawValue& raw);
Expected<std::vector<std::int32_t>> ReadIntegerList(const RawValue& raw, Range range);
Expected<std::size_t> ReadChoice(const RawValue& raw, const std::vector<std::string>& names);

std::string ShowBoolean(bool value);
std::string ShowNumber(std::int64_t value);
std::string ShowMilliseconds(std::int64_t value);
std::string ShowShare(double value);
std::string ShowList(const std::vector<std::string>& items);
std::string ShowList(const std::vector<std::int32_t>& items);
std::string ShowList(const std::vector<IpNetwork>& items);
std::string JoinedWith(std::string_view separator, const std::vector<std::string>& items);

// The rest of a Setting from a field, a reader (RawValue -> Expected) and a writer (field -> text).
template <class Field, class Read, class Show>
Setting MakeSetting(std::string key, std::string accepts, Field field, std::string help, Read read,
                    Show show) {
  Setting setting;
  setting.key = std::move(key);
  setting.accepts = std::move(accepts);
  setting.help = std::move(help);
  setting.assign = [field, read](Settings& settings, const RawValue& raw) -> Status {
    auto& target = field(settings);
    THIMBLE_TRY(auto value, read(raw));
    target = static_cast<std::remove_reference_t<decltype(target)>>(std::move(value));
    return {};
  };
  setting.show = [field, show](const Settings& settings) { return show(field(settings)); };
  return setting;
}

template <class Field>
Setting Text(std::string key, Field field, std::string help) {
  return MakeSetting(std::move(key), "text", field, std::move(help), &ReadText,
                     [](const std::string& value) { return value; });
}

// Text that must never be shown: credentials.
template <class Field>
Setting Secret(std::string key, Field field, std::string help) {
  return MakeSetting(std::move(key), "text", field, std::move(help), &ReadText,
                     [](const std::string& value) { return value.empty() ? "" : "(set)"; });
}

template <class Field>
Setting Boolean(std::string key, Field field, std::string help) {
  Setting setting = MakeSetting(std::move(key), "true or false", field, std::move(help),
                                &ReadBoolean, &ShowBoolean);
  setting.is_switch = true;
  return setting;
}

template <class Field>
Setting Number(std::string key, Field field, Range range, std::string help) {
  return MakeSetting(
      std::move(key), Accepting("number", range, &ShowNumber), field, std::move(help),
      [range](const RawValue& raw) { return ReadInteger(raw, range); }, &ShowNumber);
}

template <class Field>
Setting Share(std::string key, Field field, std::string help) {
  return MakeSetting(std::move(key), "0 to 1", field, std::move(help), &ReadShare, &ShowShare);
}

template <class Field>
Setting ByteSize(std::string key, Field field, Range range, std::string help) {
  return MakeSetting(
      std::move(key), Accepting("size", range, &FormatByteSize), field, std::move(help),
      [range](const RawValue& raw) { return ReadByteSize(raw, range); },
      [](auto value) { return FormatByteSize(static_cast<std::int64_t>(value)); });
}

// For fields of milliseconds and of seconds.
template <class Field>
Setting Duration(std::string key, Field field, std::chrono::milliseconds least, std::string help) {
  using Span = std::remove_reference_t<decltype(field(std::declval<Settings&>()))>;
  const Range range{.least = least.count(), .most = kLongestDuration.count()};
  return MakeSetting(
      std::move(key), Accepting("duration", range, &ShowMilliseconds), field, std::move(help),
      [least](const RawValue& raw) -> Expected<Span> {
        THIMBLE_TRY(const std::chrono::milliseconds value, ReadDuration(raw, least, Span(1)));
        return std::chrono::duration_cast<Span>(value);
      },
      [](Span value) { return FormatDuration(value); });
}

template <class Field>
Setting TextList(std::string key, Field field, std::string help) {
  return MakeSetting(std::move(key), "list of texts", field, std::move(help), &ReadTextList,
                     [](const std::vector<std::string>& value) { return ShowList(value); });
}

template <class Field>
Setting NumberList(std::string key, Field field, Range range, std::string help) {
  return MakeSetting(
      std::move(key), Accepting("list of numbers", range, &ShowNumber), field, std::move(help),
      [range](const RawValue& raw) { return ReadIntegerList(raw, range); },
      [](const std::vector<std::int32_t>& value) { return ShowList(value); });
}

template <class Field>
Setting NetworkList(std::string key, Field field, std::string help) {
  return MakeSetting(std::move(key), "list of networks", field, std::move(help), &ReadNetworkList,
                     [](const std::vector<IpNetwork>& value) { return ShowList(value); });
}

// An enum whose values 0, 1, ... are called `names`.
template <class Field>
Setting Choice(std::string key, Field field, std::vector<std::string> names, std::string help) {
  using Enum = std::remove_reference_t<decltype(field(std::declval<Settings&>()))>;
  return MakeSetting(
      std::move(key), JoinedWith(" or ", names), field, std::move(help),
      [names](const RawValue& raw) { return ReadChoice(raw, names); },
      [names](Enum value) { return names.at(static_cast<std::size_t>(value)); });
}

// The same setting with a flag of `thimble serve`.
inline Setting WithFlag(std::string flag, Setting setting) {
  setting.flag = std::move(flag);
  return setting;
}

}  // namespace thimble
