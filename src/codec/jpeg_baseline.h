// Inside codec/ only: what libjpeg has read of a JPEG's header, as the scan that src/jpeg decodes.
#pragma once

#include <cstdio>  // jpeglib.h needs it before itself
#include <optional>
#include <vector>

#include <jpeglib.h>

#include "jpeg/baseline_scan.h"

namespace thimble {

// Nothing for the kinds that only libjpeg decodes: progressive or arithmetic-coded pictures,
// several scans, restart markers. After jpeg_read_header, before jpeg_start_decompress. The scan's
// bytes are libjpeg's source.
std::optional<BaselineScan> BaselineScanOf(const jpeg_decompress_struct& libjpeg);

// Samples a side that each component's blocks become at the scale of the last
// jpeg_calc_output_dimensions. Nothing for scales that only libjpeg decodes.
std::optional<std::vector<int>> BlockSidesOf(const jpeg_decompress_struct& libjpeg);

}  // namespace thimble
