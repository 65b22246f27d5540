// One question to the Accept header: may the answer be WebP?
#pragma once

#include <optional>
#include <string_view>

#include "image/image_format.h"

namespace thimble {

// WebP when the client names image/webp itself (a wildcard promises nothing: every client sends
// one) with a quality above zero and not below those of JPEG and PNG, by the most specific range
// that matches each. Otherwise, and for a header that does not parse, nothing: the source's own
// format. Several Accept lines are to be joined by commas.
std::optional<ImageFormat> FormatFromAccept(std::string_view accept);

}  // namespace thimble
