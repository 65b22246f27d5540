#include "url/asked.h"

#include <algorithm>
#include <cstddef>
#include <string>

#include "base/ascii.h"

namespace thimble {
namespace {

constexpr std::size_t kMaxDigits = 9;  // fits 32 bits; no picture has a billion pixels a side
constexpr std::size_t kDprDecimals = 4;
constexpr std::int32_t kDprUnit = 10'000;
constexpr std::int32_t kMinDpr = kDprUnit / 2;
constexpr std::int32_t kMaxDpr = kDprUnit * 5;
constexpr std::int32_t kMaxQuality = 100;

std::optional<std::int32_t> DecimalNumber(std::string_view digits) {
  if (digits.empty() || digits.size() > kMaxDigits) return std::nullopt;
  std::int32_t number = 0;
  for (const char digit : digits) {
    if (!IsDigit(digit)) return std::nullopt;
    number = number * 10 + (digit - '0');
  }
  return number;
}

std::optional<std::int32_t> PositiveNumber(std::string_view digits) {
  const std::optional<std::int32_t> number = DecimalNumber(digits);
  return number > 0 ? number : std::nullopt;
}

std::optional<DevicePixelRatio> DprFromText(std::string_view text) {
  const std::size_t point = text.find('.');
  const std::optional<std::int32_t> whole = DecimalNumber(text.substr(0, point));
  if (!whole || *whole > kMaxDpr / kDprUnit) return std::nullopt;
  std::int32_t ratio = *whole * kDprUnit;
  if (point != std::string_view::npos) {
    std::string decimals(text.substr(point + 1));
    if (decimals.empty() || decimals.size() > kDprDecimals) return std::nullopt;
    decimals.resize(kDprDecimals, '0');
    const std::optional<std::int32_t> fraction = DecimalNumber(decimals);
    if (!fraction) return std::nullopt;
    ratio += *fraction;
  }
  if (ratio < kMinDpr || ratio > kMaxDpr) return std::nullopt;
  return DevicePixelRatio{ratio};
}

template <class T>
Status Keep(std::optional<T>& slot, const std::optional<T>& value) {
  if (!value) return Fail(ErrorCode::kBadParameter);
  if (slot && *slot != *value) return Fail(ErrorCode::kConflictingParameters);
  slot = value;
  return {};
}

}  // namespace

Status AskWidth(Asked& asked, std::string_view text) {
  return Keep(asked.width, PositiveNumber(text));
}

Status AskHeight(Asked& asked, std::string_view text) {
  return Keep(asked.height, PositiveNumber(text));
}

Status AskBox(Asked& asked, std::string_view text) {
  const std::size_t cross = text.find('x');
  if (cross == std::string_view::npos) return AskWidth(asked, text);
  if (Status width = AskWidth(asked, text.substr(0, cross)); !width) return width;
  return AskHeight(asked, text.substr(cross + 1));
}

Status AskDpr(Asked& asked, std::string_view text) { return Keep(asked.dpr, DprFromText(text)); }

Status AskFit(Asked& asked, std::string_view text) { return Keep(asked.fit, FitFromName(text)); }

Status AskEnlarge(Asked& asked, std::string_view text) {
  if (text != "0" && text != "1") return Fail(ErrorCode::kBadParameter);
  return Keep(asked.enlarge, std::optional<bool>(text == "1"));
}

Status AskQuality(Asked& asked, std::string_view text) {
  std::optional<std::int32_t> quality = PositiveNumber(text);
  if (quality) quality = std::min(*quality, kMaxQuality);
  return Keep(asked.quality, quality);
}

Status AskFormat(Asked& asked, std::string_view text) {
  return Keep(asked.format, ImageFormatFromName(text));
}

Status AskAuto(Asked& asked, std::string_view text) {
  if (text != "format") return Fail(ErrorCode::kBadParameter);
  asked.auto_format = true;
  return {};
}

}  // namespace thimble
