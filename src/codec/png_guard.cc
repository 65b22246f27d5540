#include "codec/png_guard.h"

#include <cstdlib>
#include <cstring>
#include <string>

namespace thimble {
namespace {

PngFault& FaultOf(png_structp png) { return *static_cast<PngFault*>(png_get_error_ptr(png)); }

[[noreturn]] void OnError(png_structp png, png_const_charp message) {
  PngFault& fault = FaultOf(png);
  std::strncpy(fault.message.data(), message, fault.message.size() - 1);
  png_longjmp(png, 1);
}

// Warnings are about what is tolerated; a worker has nobody to tell.
void OnWarning(png_structp /*png*/, png_const_charp /*message*/) {}

png_voidp Allocate(png_structp png, png_alloc_size_t bytes) {
  void* memory = std::malloc(bytes);
  if (memory == nullptr) static_cast<PngFault*>(png_get_mem_ptr(png))->out_of_memory = true;
  return memory;
}

void Release(png_structp /*png*/, png_voidp memory) { std::free(memory); }

}  // namespace

png_structp CreatePngReadStruct(PngFault& fault) {
  return png_create_read_struct_2(PNG_LIBPNG_VER_STRING, &fault, &OnError, &OnWarning, &fault,
                                  &Allocate, &Release);
}

tl::unexpected<Error> FailPng(const PngFault& fault) {
  if (fault.out_of_memory) return Fail(ErrorCode::kImageTooCostly, "libpng: no memory");
  return Fail(ErrorCode::kCorruptImage, std::string("libpng: ") + fault.message.data());
}

}  // namespace thimble
