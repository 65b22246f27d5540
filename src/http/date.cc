#include "http/date.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>

#include "base/ascii.h"

namespace thimble {
namespace {

using std::chrono::day;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::month;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;
using std::chrono::year;
using std::chrono::year_month_day;

constexpr std::array<std::string_view, 7> kWeekdays = {"Sun", "Mon", "Tue", "Wed",
                                                       "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

struct Fields {
  int year = 0;
  unsigned month = 0;  // 1-12
  unsigned day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
};

std::optional<int> Digits(std::string_view text) {
  int value = 0;
  for (const char c : text) {
    if (!IsDigit(c)) return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

// Reads `text` by a pattern of the same length: Y year, N month's name, D day, h m s the time, ?
// anything, other characters themselves. A day may be padded with a space.
std::optional<Fields> Match(std::string_view text, std::string_view pattern) {
  if (text.size() != pattern.size()) return std::nullopt;
  Fields fields;
  for (std::size_t begin = 0; begin < pattern.size();) {
    const char kind = pattern[begin];
    const std::size_t end = std::min(pattern.find_first_not_of(kind, begin), pattern.size());
    std::string_view part = text.substr(begin, end - begin);
    if (kind == 'N') {
      const auto name = std::find(kMonths.begin(), kMonths.end(), part);
      if (name == kMonths.end()) return std::nullopt;
      fields.month = static_cast<unsigned>(name - kMonths.begin()) + 1;
    } else if (std::string_view("YDhms").find(kind) != std::string_view::npos) {
      if (kind == 'D' && part.front() == ' ') part.remove_prefix(1);
      const std::optional<int> number = Digits(part);
      if (!number) return std::nullopt;
      if (kind == 'Y') fields.year = *number;
      if (kind == 'D') fields.day = static_cast<unsigned>(*number);
      if (kind == 'h') fields.hour = *number;
      if (kind == 'm') fields.minute = *number;
      if (kind == 's') fields.second = *number;
    } else if (kind != '?' && part != pattern.substr(begin, end - begin)) {
      return std::nullopt;
    }
    begin = end;
  }
  return fields;
}

std::optional<sys_seconds> MomentOf(const Fields& fields) {
  const year_month_day date{year(fields.year), month(fields.month), day(fields.day)};
  // 60: a leap second.
  if (!date.ok() || fields.hour > 23 || fields.minute > 59 || fields.second > 60) {
    return std::nullopt;
  }
  return sys_days(date) + hours(fields.hour) + minutes(fields.minute) + seconds(fields.second);
}

}  // namespace

std::string FormatHttpDate(sys_seconds moment) {
  const auto midnight = std::chrono::floor<std::chrono::days>(moment);
  const year_month_day date(midnight);
  const std::chrono::hh_mm_ss time(moment - midnight);
  return fmt::format(
      "{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
      kWeekdays[std::chrono::weekday(midnight).c_encoding()], static_cast<unsigned>(date.day()),
      kMonths[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
      time.hours().count(), time.minutes().count(), time.seconds().count());
}

std::optional<sys_seconds> ParseHttpDate(std::string_view text) {
  // "Sun, 06 Nov 1994 08:49:37 GMT"
  if (const auto fixed = Match(text, "???, DD NNN YYYY hh:mm:ss GMT")) return MomentOf(*fixed);
  // "Sun Nov  6 08:49:37 1994"
  if (const auto asctime = Match(text, "??? NNN DD hh:mm:ss YYYY")) return MomentOf(*asctime);
  // "Sunday, 06-Nov-94 08:49:37 GMT": the weekday's length varies, what follows does not.
  const std::size_t comma = text.find(',');
  if (comma == std::string_view::npos) return std::nullopt;
  auto obsolete = Match(text.substr(comma), ", DD-NNN-YY hh:mm:ss GMT");
  if (!obsolete) return std::nullopt;
  obsolete->year += obsolete->year < 70 ? 2000 : 1900;
  return MomentOf(*obsolete);
}

}  // namespace thimble
