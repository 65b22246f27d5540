// For tests and fuzzers: JPEGs of 64 to 200 KiB, drawn when they are needed. Only files of that
// size reach the readers in turns, and the second window of a scan's bytes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace thimble {

struct JpegSeed {
  std::string name;  // of the kind
  std::vector<std::uint8_t> bytes;
};

// The same on every machine with the same libjpeg-turbo.
std::vector<JpegSeed> JpegSeeds();

}  // namespace thimble
