// Inside codec/ only: libjpeg's errors as values. libjpeg reports a failure by calling a function
// that must not return; here that function jumps back to the `Run` the failing call was made in.
//
// `Run` is the only way to call what can fail. A jump skips destructors, so the calls handed to it
// must make no object that has one: they touch libjpeg and plain values only.
//
// Thread-safety: none; one for each libjpeg object. Ownership: the libjpeg object points to it, so
// it stays where it is and outlives that object. Errors: kCorruptImage; kUnsupportedFormat for
// processes and precisions the library does not decode; kImageTooCostly without memory;
// kDimensionTooLarge beyond what the library can hold; kResultTooLarge from an encoder whose output
// is full.
#pragma once

#include <csetjmp>
#include <cstddef>
#include <cstdio>  // jpeglib.h needs it before itself

#include <jpeglib.h>

#include "base/error.h"

namespace thimble {

class JpegErrors {
 public:
  JpegErrors();
  JpegErrors(const JpegErrors&) = delete;
  JpegErrors& operator=(const JpegErrors&) = delete;

  // Before jpeg_Create* or a new source: makes `libjpeg` report here.
  template <class LibjpegObject>
  void Attach(LibjpegObject& libjpeg) {
    source_ended_ = false;
    libjpeg.err = &manager_;
    libjpeg.client_data = this;
  }

  template <class Calls>
  Status Run(const Calls& calls) {
    if (setjmp(jump_) != 0) return Failure();
    calls();
    return {};
  }

  // The library has asked for bytes beyond the end of the source. Not yet a failure: it reads ahead
  // of what it needs, so a picture may lack its end marker only.
  bool source_ended() const { return source_ended_; }

 private:
  [[noreturn]] static void OnError(j_common_ptr libjpeg);
  static void OnMessage(j_common_ptr libjpeg, int level);
  static void OnOutput(j_common_ptr libjpeg);

  tl::unexpected<Error> Failure() const;

  jpeg_error_mgr manager_{};
  std::jmp_buf jump_{};
  j_common_ptr failed_ = nullptr;  // whose call jumped
  bool source_ended_ = false;
};

}  // namespace thimble
