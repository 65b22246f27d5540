#include "codec/jpeg_error.h"

#include <jerror.h>

#include <array>
#include <string>

namespace thimble {
namespace {

constexpr int kWarning = -1;  // libjpeg's message level for damaged data

// Of the reasons for JWRN_BOGUS_PROGRESSION: a scan of AC coefficients comes before DC. The warning
// is about coefficient 0 then, which is not in the scan.
bool IsAcBeforeDc(const jpeg_decompress_struct& libjpeg) {
  return libjpeg.Ss > 0 && libjpeg.err->msg_parm.i[1] == 0;
}

// Warnings after which every sample still is what the file says. All others mean that samples were
// made up, and such a picture must not be cached as if it were the original.
bool IsHarmless(j_common_ptr libjpeg) {
  const jpeg_error_mgr& manager = *libjpeg->err;
  switch (manager.msg_code) {
    case JWRN_ADOBE_XFORM:      // an unknown transform counts as YCbCr or YCCK
    case JWRN_EXTRANEOUS_DATA:  // rubbish between segments, skipped
    case JWRN_JFIF_MAJOR:       // an unknown JFIF revision
    case JWRN_NOT_SEQUENTIAL:   // odd scan parameters that sequential decoding ignores
      return true;
    case JWRN_BOGUS_PROGRESSION:  // also one that is decoded as it is meant
      return IsAcBeforeDc(*reinterpret_cast<j_decompress_ptr>(libjpeg));
    default: return false;
  }
}

ErrorCode CodeFor(const jpeg_error_mgr& manager) {
  switch (manager.msg_code) {
    case JERR_OUT_OF_MEMORY:
    case JERR_NO_BACKING_STORE: return ErrorCode::kImageTooCostly;
    case JERR_IMAGE_TOO_BIG:
    case JERR_WIDTH_OVERFLOW: return ErrorCode::kDimensionTooLarge;
    case JERR_FILE_WRITE: return ErrorCode::kResultTooLarge;
    case JERR_SOF_UNSUPPORTED:
    case JERR_ARITH_NOTIMPL:
    case JERR_CCIR601_NOTIMPL:
    case JERR_COMPONENT_COUNT: return ErrorCode::kUnsupportedFormat;
    case JERR_BAD_PRECISION: {
      // Others than these are not in the standard (ISO 10918-1, table B.2).
      const int bits = manager.msg_parm.i[0];
      return bits == 12 || bits == 16 ? ErrorCode::kUnsupportedFormat : ErrorCode::kCorruptImage;
    }
    default: return ErrorCode::kCorruptImage;
  }
}

}  // namespace

JpegErrors::JpegErrors() {
  jpeg_std_error(&manager_);
  manager_.error_exit = &JpegErrors::OnError;
  manager_.emit_message = &JpegErrors::OnMessage;
  manager_.output_message = &JpegErrors::OnOutput;
}

void JpegErrors::OnError(j_common_ptr libjpeg) {
  auto* const self = static_cast<JpegErrors*>(libjpeg->client_data);
  self->failed_ = libjpeg;
  std::longjmp(self->jump_, 1);
}

void JpegErrors::OnMessage(j_common_ptr libjpeg, int level) {
  if (level != kWarning) return;
  if (libjpeg->err->msg_code == JWRN_JPEG_EOF) {
    static_cast<JpegErrors*>(libjpeg->client_data)->source_ended_ = true;
  } else if (!IsHarmless(libjpeg)) {
    OnError(libjpeg);
  }
}

// The library's own would write to stderr.
void JpegErrors::OnOutput(j_common_ptr /*libjpeg*/) {}

tl::unexpected<Error> JpegErrors::Failure() const {
  std::array<char, JMSG_LENGTH_MAX> text{};
  manager_.format_message(failed_, text.data());
  return Fail(CodeFor(manager_), std::string("libjpeg: ") + text.data());
}

}  // namespace thimble
