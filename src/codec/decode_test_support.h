// For tests: decodes a file into memory, checking on the way that the bands keep their contract.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "codec/decoder.h"
#include "image/plane.h"

namespace thimble {

using Bytes = std::vector<std::uint8_t>;

using OpenFunction = Expected<std::unique_ptr<Decoder>> (*)(ByteSpan, const PictureLimits&);

// The whole way from bytes to planes; the size limits are checked where the plan would.
Expected<PlanarImage> DecodeAll(OpenFunction open, ByteSpan source);

// "ok" or the slug of the error: what a test compares.
std::string OutcomeOf(const Expected<PlanarImage>& decoded);

// Peak signal-to-noise ratio of two planes of one size, in dB; 99 when they are equal.
double PsnrOf(const Plane& a, const Plane& b);

// An empty path when THIMBLE_SHARED names no directory of test data.
std::string SharedTestData();

Bytes ReadFile(const std::string& path);

}  // namespace thimble
