// Inside codec/ only: what libjpeg has read of a JPEG's header, as the scan that src/jpeg decodes.
#pragma once

#include <cstdio>  // jpeglib.h needs it before itself
#include <optional>

#include <jpeglib.h>

#include "jpeg/baseline_scan.h"

namespace thimble {

// Nothing for the kinds that only libjpeg decodes: progressive or arithmetic-coded pictures,
// several scans, restart markers, scales without a transform of their own. After jpeg_read_header
// and jpeg_calc_output_dimensions, before jpeg_start_decompress. The scan's bytes are libjpeg's
// source.
std::optional<BaselineScan> BaselineScanOf(const jpeg_decompress_struct& libjpeg);

}  // namespace thimble
