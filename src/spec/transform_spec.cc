#include "spec/transform_spec.h"

#include <array>
#include <utility>

namespace thimble {
namespace {

constexpr std::array<std::pair<Fit, std::string_view>, 3> kFits = {{
    {Fit::kContain, "contain"},
    {Fit::kCover, "cover"},
    {Fit::kFill, "fill"},
}};

}  // namespace

std::string_view NameOf(Fit fit) {
  for (const auto& [value, name] : kFits) {
    if (value == fit) return name;
  }
  return {};
}

std::optional<Fit> FitFromName(std::string_view name) {
  for (const auto& [value, its_name] : kFits) {
    if (its_name == name) return value;
  }
  return std::nullopt;
}

}  // namespace thimble
