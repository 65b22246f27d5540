#include "engine/source_color.h"

#include <optional>
#include <utility>

#include "color/color.h"

namespace thimble {

SourceInfo PrepareColor(Decoder& decoder) {
  SourceInfo info = decoder.info();
  if (info.color_encoding) info.icc_profile = IccProfileOf(*info.color_encoding, info.model);
  // Most profiles in the wild are sRGB under some name; without them the planes need no conversion.
  if (IsEffectivelySrgb(info.icc_profile, info.model)) {
    info.icc_profile.clear();
  } else if (info.is_deep) {
    if (std::optional<DepthReduction> reduction = ReduceDepth(info.icc_profile, info.model)) {
      decoder.ReduceDepthBy(std::move(reduction->curves));
      info.icc_profile = std::move(reduction->icc_profile);
    }
  }
  return info;
}

}  // namespace thimble
