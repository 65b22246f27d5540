// Deflates the filtered rows of a PNG into a zlib stream, by whichever of two ways makes fewer
// bytes of a sample of them.
//
// Most results are photographs and drawings that were resized: no part of them is like another any
// more, and looking for repetitions costs time and even bytes. Screenshots are different.
//
// Thread-safety: pure. Ownership: the caller's buffers. Errors: kResultTooLarge when `out` is too
// small or either takes 4 GiB, kImageTooCostly without memory.
#pragma once

#include <cstddef>

#include "base/bytes.h"
#include "base/error.h"

namespace thimble {

// Returns the number of bytes written from the start of `out`.
Expected<std::size_t> DeflatePng(ByteSpan rows, MutableByteSpan out);

// The two ways. The first finds runs of one byte only, the second any repetition.
Expected<std::size_t> DeflateRuns(ByteSpan rows, MutableByteSpan out);
Expected<std::size_t> DeflateRepetitions(ByteSpan rows, MutableByteSpan out);

}  // namespace thimble
