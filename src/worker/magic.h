// The first bytes of a result must be its format's: the least a client can rely on when a worker
// has been taken over.
#pragma once

#include <cstddef>
#include <optional>

#include "base/bytes.h"
#include "image/image_format.h"

namespace thimble {

// No format needs more to be told.
inline constexpr std::size_t kMagicBytes = 12;

bool BeginsLike(ImageFormat format, ByteSpan bytes);
// Nothing when they begin like none.
std::optional<ImageFormat> FormatByMagic(ByteSpan bytes);

}  // namespace thimble
