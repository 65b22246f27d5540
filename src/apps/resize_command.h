// `thimble resize IN OUT`: one picture through the same engine in the same sandbox as the server's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "image/image_format.h"
#include "settings/settings.h"
#include "spec/transform_spec.h"

namespace thimble {

struct ResizeArguments {
  std::string in;
  std::string out;                    // "-": standard output
  std::optional<TransformSpec> spec;  // all of it; nothing: what follows decides
  std::int32_t width = 0;             // 0: not asked for; neither: the setting urls.default_width
  std::int32_t height = 0;            //
  std::int32_t quality = 0;           // 0: the setting urls.default_quality
  Fit fit = Fit::kContain;
  bool enlarge = false;
  std::optional<ImageFormat> format;  // nothing: as the ending of `out` says, else the original's
};

// The exit status. OUT appears whole or not at all.
int Resize(const ResizeArguments& arguments, const Settings& settings);

}  // namespace thimble
