// The zeros that are stuffed behind bytes of 255 in entropy-coded data (ISO 10918-1, B.1.1.5).
//
// Thread-safety: pure functions on the caller's data.
#pragma once

#include <cstddef>

#include "base/bytes.h"

namespace thimble {

// Copies data without stuffed zeros, until `out` is full or a marker comes, and gives how many
// bytes were written. What was read is taken off `stuffed`: at a marker all.
std::size_t Unstuff(ByteSpan& stuffed, MutableByteSpan out);

}  // namespace thimble
