// The wall around libpng's error handling: libpng reports errors by longjmp, which may not cross a
// frame that has destructors to run. Every call that can fail goes through RunGuarded; its result
// is a value again on this side.
//
// Thread-safety: one PngFault serves one png_struct. Ownership: the PngFault outlives the
// png_struct.
#pragma once

#include <array>
#include <csetjmp>

#include <png.h>

#include "base/error.h"

namespace thimble {

// What the callbacks remember of a failure. Its memory is fixed: there may be none left to ask for.
struct PngFault {
  bool out_of_memory = false;
  std::array<char, 96> message{};
};

// Reports into `fault`. Null without memory.
png_structp CreatePngReadStruct(PngFault& fault);

// The failure that `fault` describes; kCorruptImage if it is not memory.
tl::unexpected<Error> FailPng(const PngFault& fault);

// Runs `work`; false when libpng gave up inside it. REQUIRES that `work` makes no object with a
// destructor and calls nothing that does: its frames are jumped over.
template <class Work>
[[nodiscard]] bool RunGuarded(png_structp png, const Work& work) {
  if (setjmp(png_jmpbuf(png)) != 0) return false;
  work();
  return true;
}

}  // namespace thimble
