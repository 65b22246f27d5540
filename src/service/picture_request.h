// One variant of one original, with the names under which parts of the service know it.
//
// Immutable; shared by whoever works on it.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/source_ref.h"
#include "spec/transform_spec.h"

namespace thimble {

struct PictureRequest {
  // `version`: what the URL says about the original's version; empty: nothing.
  PictureRequest(SourceRef original, const TransformSpec& transform, std::string_view version = {});

  SourceRef source;
  TransformSpec spec;
  std::string text;  // CanonicalText(spec)
  std::string name;  // CanonicalPath: in every store, no two variants of any originals share it
  // The original and the version; empty without one. No part of `name`: see version_watch.h.
  std::string version_name;
};

using PictureRequestPtr = std::shared_ptr<const PictureRequest>;

}  // namespace thimble
