// What a URL says in so many words, before defaults, bounds and the Accept header are applied.
//
// Both path parts and query parameters land here, so two names for one thing meet: saying the same
// thing twice is fine, saying two things is kConflictingParameters.
//
// Errors of every Ask function: kBadParameter when the text is no such value, and
// kConflictingParameters; without details, which parameter.h adds.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/error.h"
#include "image/image_format.h"
#include "spec/transform_spec.h"

namespace thimble {

// How many device pixels a CSS pixel has, exactly: 1.5 is 15,000.
struct DevicePixelRatio {
  std::int32_t ten_thousandths = 10'000;
  friend bool operator==(const DevicePixelRatio&, const DevicePixelRatio&) = default;
};

struct Asked {
  std::optional<std::int32_t> width;   // CSS pixels, positive
  std::optional<std::int32_t> height;  // CSS pixels, positive
  std::optional<DevicePixelRatio> dpr;
  std::optional<Fit> fit;
  std::optional<bool> enlarge;
  std::optional<std::int32_t> quality;  // 1-100
  std::optional<ImageFormat> format;
  bool auto_format = false;  // choose by the Accept header

  friend bool operator==(const Asked&, const Asked&) = default;
};

Status AskWidth(Asked& asked, std::string_view text);    // "300"
Status AskHeight(Asked& asked, std::string_view text);   // "200"
Status AskBox(Asked& asked, std::string_view text);      // "300" or "300x200"
Status AskDpr(Asked& asked, std::string_view text);      // "2", "1.5": 0.5-5
Status AskFit(Asked& asked, std::string_view text);      // "contain", "cover", "fill"
Status AskEnlarge(Asked& asked, std::string_view text);  // "0", "1"
Status AskQuality(Asked& asked, std::string_view text);  // "80"; above 100 means 100
Status AskFormat(Asked& asked, std::string_view text);   // "jpeg", "jpg", "png", "webp"
Status AskAuto(Asked& asked, std::string_view text);     // "format"

}  // namespace thimble
