// "Did you mean": the known name nearest to a mistyped one.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace thimble {

// Nothing when no candidate is near enough to be a likely typo: at most one edit in three letters.
std::optional<std::string> NearestName(std::string_view mistyped,
                                       const std::vector<std::string>& candidates);

}  // namespace thimble
