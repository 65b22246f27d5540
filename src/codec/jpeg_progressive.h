// Inside codec/ only: a progressive JPEG, of which libjpeg has read the header, as the values that
// src/jpeg decodes.
#pragma once

#include <cstdio>  // jpeglib.h needs it before itself
#include <optional>
#include <span>

#include <jpeglib.h>

#include "base/error.h"
#include "jpeg/mcu_rows.h"
#include "jpeg/progressive_picture.h"

namespace thimble {

// Nothing for the kinds that only libjpeg decodes: pictures that are not progressive or have
// restart markers, files without an end marker, quantization tables between scans, and whatever
// else is odd behind the header. After jpeg_read_header, before jpeg_start_decompress. The scans'
// bytes are libjpeg's source.
std::optional<ProgressivePicture> ProgressivePictureOf(const jpeg_decompress_struct& libjpeg);

// From the file to samples, a row of MCUs after the other: nothing is held whole. All scans are
// read, also those whose coefficients no output needs: whether a picture is intact does not depend
// on the size that is wanted. kNotRead: libjpeg has to say what the picture is, or whether it is
// one; what the sinks got is right.
Expected<ScanEnd> DecodeProgressive(const jpeg_decompress_struct& libjpeg,
                                    std::span<const ScanOutput> outputs);

}  // namespace thimble
