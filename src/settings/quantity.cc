#include "settings/quantity.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <span>
#include <system_error>

#include "base/ascii.h"

namespace thimble {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t factor;
};

// The larger first: formatting takes the first that divides.
constexpr std::array<Unit, 7> kByteUnits = {{{"GiB", 1LL << 30},
                                             {"MiB", 1LL << 20},
                                             {"KiB", 1LL << 10},
                                             {"GB", 1'000'000'000},
                                             {"MB", 1'000'000},
                                             {"kB", 1'000},
                                             {"B", 1}}};
constexpr std::array<Unit, 5> kTimeUnits = {
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};

struct Split {
  std::int64_t count;
  std::string_view unit;
};

Expected<Split> SplitCountAndUnit(std::string_view text, std::string_view expected) {
  Split split{};
  const char* const end = text.data() + text.size();
  const auto [rest, problem] = std::from_chars(text.data(), end, split.count);
  if (problem != std::errc{} || split.count < 0 || text.starts_with('-')) {
    return Fail(ErrorCode::kBadSetting, std::string(expected));
  }
  split.unit = text.substr(static_cast<std::size_t>(rest - text.data()));
  return split;
}

Expected<std::int64_t> Multiply(Split split, std::span<const Unit> units,
                                std::string_view expected) {
  const auto unit = std::find_if(units.begin(), units.end(), [&](const Unit& candidate) {
    return EqualsIgnoringCase(candidate.name, split.unit);
  });
  if (unit == units.end()) return Fail(ErrorCode::kBadSetting, std::string(expected));
  if (split.count > std::numeric_limits<std::int64_t>::max() / unit->factor) {
    return Fail(ErrorCode::kBadSetting, "too large");
  }
  return split.count * unit->factor;
}

std::string Format(std::int64_t amount, std::span<const Unit> units) {
  if (amount == 0) return "0";
  const auto unit = std::find_if(units.begin(), units.end(), [&](const Unit& candidate) {
    return amount % candidate.factor == 0;
  });
  return std::to_string(amount / unit->factor) + std::string(unit->name);
}

}  // namespace

Expected<std::int64_t> ParseInteger(std::string_view text) {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, problem] = std::from_chars(text.data(), end, number);
  if (problem != std::errc{} || rest != end) {
    return Fail(ErrorCode::kBadSetting, "expected a whole number");
  }
  return number;
}

Expected<std::int64_t> ParseByteSize(std::string_view text) {
  constexpr std::string_view kExpected = "expected a size such as 256MiB, 25MB or 0";
  THIMBLE_TRY(Split split, SplitCountAndUnit(text, kExpected));
  if (split.unit.empty()) return split.count;
  return Multiply(split, kByteUnits, kExpected);
}

Expected<std::chrono::milliseconds> ParseDuration(std::string_view text) {
  constexpr std::string_view kExpected = "expected a duration such as 500ms, 75s, 1h or 365d";
  THIMBLE_TRY(const Split split, SplitCountAndUnit(text, kExpected));
  if (split.unit.empty() && split.count == 0) return std::chrono::milliseconds::zero();
  THIMBLE_TRY(const std::int64_t milliseconds, Multiply(split, kTimeUnits, kExpected));
  return std::chrono::milliseconds(milliseconds);
}

std::string FormatByteSize(std::int64_t bytes) { return Format(bytes, kByteUnits); }

std::string FormatDuration(std::chrono::milliseconds duration) {
  return Format(duration.count(), kTimeUnits);
}

}  // namespace thimble
