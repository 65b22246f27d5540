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

bool IsSide(std::int32_t side) { return side >= 0 && side <= kMaxBoxSide; }

}  // namespace

std::optional<ImageFormat> PreferredFormat(const TransformSpec& spec) {
  if (spec.auto_format == AcceptClass::kWebp) return ImageFormat::kWebp;
  return spec.format;
}

bool IsValid(const TransformSpec& spec) {
  const bool box = IsSide(spec.width) && IsSide(spec.height) && (spec.width > 0 || spec.height > 0);
  const bool quality = spec.quality.value >= 1 && spec.quality.value <= 100;
  return box && quality && !(spec.format && spec.auto_format);
}

TransformSpec Canonical(TransformSpec spec) {
  if (spec.width == 0 || spec.height == 0) spec.fit = Fit::kContain;
  return spec;
}

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
