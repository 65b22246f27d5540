#include "spec/canonical_text.h"

namespace thimble {
std::string CanonicalText(const TransformSpec& spec) {
  std::string text;
  text.append("w").append(std::to_string(spec.width));
  text.append(" h").append(std::to_string(spec.height));
  text.append(" ").append(NameOf(spec.fit));
  if (spec.enlarge) text.append(" enlarge");
  text.append(" q").append(std::to_string(spec.quality.value));
  text.append(spec.format_may_fall_back ? " prefer-" : " ");
  text.append(spec.format ? NameOf(*spec.format) : "source");
  return text;
}

}  // namespace thimble
