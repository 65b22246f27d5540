// For tests and fuzzers: changes a JPEG along its structure, so that what comes out mostly begins
// to decode and then surprises: tables, samplings, restart intervals, scan headers, the order of
// segments, lengths, cuts, and bits inside entropy-coded data.
//
// Thread-safety: pure functions. The same bytes and seed give the same result on every machine.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"

namespace thimble {

// With one to four changes. Whatever is no JPEG comes out nearly as it is.
std::vector<std::uint8_t> MutateJpeg(ByteSpan jpeg, std::uint32_t seed);

}  // namespace thimble
