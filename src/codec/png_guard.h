// Turns libpng's errors into values. libpng reports errors by longjmp, which must not jump over a
// function that has destructors to run. So every call that can fail is made through RunGuarded,
// which returns the outcome as a value.
//
// Thread-safety: one PngFault serves one png_struct. Ownership: the PngFault outlives the
// png_struct.
#pragma once

#include <array>
#include <csetjmp>

#include <png.h>

#include "base/error.h"

namespace thimble {

// What the callbacks remember of a failure. It is of a fixed size: when a failure is reported there
// may be no memory left to allocate.
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
