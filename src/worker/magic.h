// The first bytes of a result must be its format's: the least a client can rely on when a worker
// has been taken over.
#pragma once

#include "base/bytes.h"
#include "image/image_format.h"

namespace thimble {

bool BeginsLike(ImageFormat format, ByteSpan bytes);

}  // namespace thimble
