// Inflates a PNG's pixel data in one go: three times as fast as libpng, which feeds zlib chunk by
// chunk.
//
// Only for data without any fault. Whatever is odd about it is left to libpng, which knows what can
// be tolerated and what is an error: so a broken file fares alike on either way.
//
// Thread-safety: pure. Ownership: the result owns its bytes. Errors: none, see above.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>

#include "base/bytes.h"
#include "base/c_ptr.h"

namespace thimble {

struct InflatedPng {
  CPtr<std::uint8_t, &std::free> bytes;
  std::size_t size = 0;
};

// `chunks`: the file from the header of its first IDAT chunk on. Nothing when the chunks' lengths
// or checksums are wrong, when they do not hold a sound zlib stream of exactly `size` bytes, or
// without memory.
std::optional<InflatedPng> InflatePng(ByteSpan chunks, std::size_t size);

}  // namespace thimble
