#include <string_view>

#include "spec/transform_spec.h"

namespace thimble {
namespace {

std::string_view NameOfFit(Fit fit) {
  switch (fit) {
    case Fit::kContain: return "contain";
    case Fit::kCover: return "cover";
    case Fit::kFill: return "fill";
  }
  return {};
}

}  // namespace

std::string CanonicalText(const TransformSpec& spec) {
  std::string text;
  text.append("w").append(std::to_string(spec.width));
  text.append(" h").append(std::to_string(spec.height));
  text.append(" ").append(NameOfFit(spec.fit));
  if (spec.enlarge) text.append(" enlarge");
  text.append(" q").append(std::to_string(spec.quality.value));
  text.append(spec.format_may_fall_back ? " prefer-" : " ");
  text.append(spec.format ? NameOf(*spec.format) : "source");
  return text;
}

}  // namespace thimble
