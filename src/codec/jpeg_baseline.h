// Inside codec/ only: hands the pictures that the project's own decoder takes to it.
//
// Thread-safety: pure functions.
#pragma once

#include <cstdio>  // jpeglib.h needs it before itself
#include <optional>

#include <jpeglib.h>

#include "jpeg/baseline_scan.h"

namespace thimble {

// What libjpeg-turbo has read before the first scan's data, as values; nothing where the picture is
// of a kind that only libjpeg-turbo decodes.
std::optional<BaselineScan> BaselineScanOf(const jpeg_decompress_struct& libjpeg);

}  // namespace thimble
