// What logs, metrics and Server-Timing call the values of records.h.
#pragma once

#include <optional>
#include <string_view>

#include "observe/records.h"

namespace thimble {

constexpr std::string_view NameOf(Route route) {
  switch (route) {
    case Route::kPicture: return "picture";
    case Route::kFrontPage: return "front_page";
    case Route::kLiveness: return "livez";
    case Route::kReadiness: return "readyz";
    case Route::kMetrics: return "metrics";
    case Route::kNone: return "none";
  }
  return "none";
}

constexpr std::string_view NameOf(CacheState state) {
  switch (state) {
    case CacheState::kNone: return "none";
    case CacheState::kHit: return "hit";
    case CacheState::kMiss: return "miss";
    case CacheState::kCoalesced: return "coalesced";
    case CacheState::kRevalidated: return "revalidated";
  }
  return "none";
}

// "ok" where nothing went wrong.
inline std::string_view CodeNameOf(std::optional<ErrorCode> error) {
  return error ? SlugOf(*error) : std::string_view("ok");
}

}  // namespace thimble
