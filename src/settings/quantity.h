// Numbers with units, as operators write them in settings: "256MiB", "75s".
//
// Byte sizes: digits and B, kB, MB, GB (powers of 1000) or KiB, MiB, GiB (powers of 1024), in any
// case; a bare number is bytes. Durations: digits and ms, s, m, h or d; only 0 may stand bare,
// since "75" does not say of what. Whole numbers only, nothing negative, no spaces.
//
// Errors: kBadSetting, its detail saying what was expected.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace thimble {

Expected<std::int64_t> ParseInteger(std::string_view text);
Expected<std::int64_t> ParseByteSize(std::string_view text);
Expected<std::chrono::milliseconds> ParseDuration(std::string_view text);

// The shortest text in whole units that reads back as the same value: "256MiB", "365d", "0".
std::string FormatByteSize(std::int64_t bytes);
std::string FormatDuration(std::chrono::milliseconds duration);

}  // namespace thimble
