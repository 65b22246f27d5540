// Inside codec/ only: whether a JPEG, of which libjpeg has read the header, holds fine patterns.
//
// Thread-safety: pure functions.
#pragma once

#include <cstdio>  // jpeglib.h needs it before itself

#include <jpeglib.h>

namespace thimble {

// After jpeg_read_header, before jpeg_start_decompress: the scans' bytes are libjpeg's source. It
// is a matter of these bytes alone, whoever will decode them and at whatever scale. False also for
// the kinds that are not sampled: arithmetic coding, progressive pictures that only libjpeg reads,
// and, where components have scans of their own, all but the first scan.
bool HoldsFinePattern(const jpeg_decompress_struct& libjpeg);

}  // namespace thimble
