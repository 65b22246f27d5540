// Baseline JPEG through libjpeg-turbo's raw-data interface: planes are encoded as they are.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <jerror.h>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "codec/encoder.h"
#include "codec/jpeg_error.h"

namespace thimble {
namespace {

// libjpeg writes into the caller's buffer and nowhere else.
class SpanDestination {
 public:
  explicit SpanDestination(MutableByteSpan out) : out_(out) {
    manager_.init_destination = [](j_compress_ptr libjpeg) { Of(libjpeg).Begin(); };
    manager_.empty_output_buffer = [](j_compress_ptr libjpeg) -> boolean {
      Of(libjpeg).Extend(libjpeg);
      return TRUE;
    };
    manager_.term_destination = [](j_compress_ptr /*libjpeg*/) {};
  }
  SpanDestination(const SpanDestination&) = delete;
  SpanDestination& operator=(const SpanDestination&) = delete;

  void Attach(jpeg_compress_struct& libjpeg) { libjpeg.dest = &manager_; }

  std::size_t bytes_written() const {
    return full_ ? out_.size() : out_.size() - manager_.free_in_buffer;
  }

 private:
  // The manager is the first member of a standard-layout class, so they share their address.
  static SpanDestination& Of(j_compress_ptr libjpeg) {
    return *reinterpret_cast<SpanDestination*>(libjpeg->dest);
  }

  void Begin() {
    manager_.next_output_byte = out_.data();
    manager_.free_in_buffer = out_.size();
    if (out_.empty()) UseSpareByte();
  }

  // libjpeg calls this as soon as the buffer is full, which is no failure until a byte more comes:
  // that byte goes to the spare one, and the next call tells that it came.
  void Extend(j_compress_ptr libjpeg) {
    if (full_) {
      libjpeg->err->msg_code = JERR_FILE_WRITE;
      libjpeg->err->error_exit(reinterpret_cast<j_common_ptr>(libjpeg));
    }
    UseSpareByte();
  }

  void UseSpareByte() {
    full_ = true;
    manager_.next_output_byte = &spare_;
    manager_.free_in_buffer = 1;
  }

  jpeg_destination_mgr manager_{};
  MutableByteSpan out_;
  std::uint8_t spare_ = 0;
  bool full_ = false;
};
static_assert(std::is_standard_layout_v<SpanDestination>);

// The rows of one component that libjpeg encodes at a time (an iMCU row), filled up to whole blocks
// with copies of the last sample and the last row: a hard edge there would cost bytes and ring into
// the picture.
class PaddedRows {
 public:
  static Expected<PaddedRows> Create(const jpeg_component_info& component, const Plane& source) {
    THIMBLE_CHECK(source.width() == static_cast<int>(component.downsampled_width) &&
                  source.height() == static_cast<int>(component.downsampled_height));
    const int width = static_cast<int>(component.width_in_blocks) * DCTSIZE;
    THIMBLE_TRY(Plane samples, Plane::Create({width, component.v_samp_factor * DCTSIZE}));
    return PaddedRows(std::move(samples), source);
  }

  JSAMPARRAY rows() { return rows_.data(); }

  void FillFromNextRows() {
    for (int y = 0; y < samples_.height(); ++y) {
      const int source_y = std::min(next_row_ + y, source_.height - 1);
      const std::span<const std::uint8_t> from = source_.row(source_y);
      const std::span<std::uint8_t> to = samples_.mutable_row(y);
      std::fill(std::copy(from.begin(), from.end(), to.begin()), to.end(), from.back());
    }
    next_row_ += samples_.height();
  }

 private:
  PaddedRows(Plane samples, const Plane& source)
      : samples_(std::move(samples)), source_(source.view()) {
    for (int y = 0; y < samples_.height(); ++y) rows_.push_back(samples_.mutable_row(y).data());
  }

  Plane samples_;
  PlaneView source_;
  std::vector<JSAMPROW> rows_;
  int next_row_ = 0;
};

class JpegEncoder {
 public:
  JpegEncoder() = default;
  JpegEncoder(const JpegEncoder&) = delete;
  JpegEncoder& operator=(const JpegEncoder&) = delete;
  ~JpegEncoder() { jpeg_destroy_compress(&libjpeg_); }

  Expected<std::size_t> Encode(const PlanarImage& picture, JpegQuality quality,
                               MutableByteSpan out);

 private:
  Status Start(const PlanarImage& picture, JpegQuality quality, SpanDestination& destination);
  void Configure(const PlanarImage& picture, JpegQuality quality);
  Status WriteRows(const PlanarImage& picture);

  JpegErrors errors_;
  jpeg_compress_struct libjpeg_{};
};

Expected<std::size_t> JpegEncoder::Encode(const PlanarImage& picture, JpegQuality quality,
                                          MutableByteSpan out) {
  SpanDestination destination(out);
  if (Status started = Start(picture, quality, destination); !started) return Forward(started);
  if (Status written = WriteRows(picture); !written) return Forward(written);
  Status finished = errors_.Run([this] { jpeg_finish_compress(&libjpeg_); });
  if (!finished) return Forward(finished);
  return destination.bytes_written();
}

Status JpegEncoder::Start(const PlanarImage& picture, JpegQuality quality,
                          SpanDestination& destination) {
  errors_.Attach(libjpeg_);
  return errors_.Run([&] {
    jpeg_CreateCompress(&libjpeg_, JPEG_LIB_VERSION, sizeof(libjpeg_));
    destination.Attach(libjpeg_);
    Configure(picture, quality);
    jpeg_start_compress(&libjpeg_, TRUE);
  });
}

void JpegEncoder::Configure(const PlanarImage& picture, JpegQuality quality) {
  const bool gray = picture.model == ColorModel::kGray;
  libjpeg_.image_width = static_cast<JDIMENSION>(picture.size.width);
  libjpeg_.image_height = static_cast<JDIMENSION>(picture.size.height);
  libjpeg_.input_components = gray ? 1 : 3;
  libjpeg_.in_color_space = gray ? JCS_GRAYSCALE : JCS_YCbCr;
  jpeg_set_defaults(&libjpeg_);
  jpeg_set_quality(&libjpeg_, quality.value, TRUE);
  libjpeg_.comp_info[0].h_samp_factor = gray ? 1 : picture.chroma.horizontal;
  libjpeg_.comp_info[0].v_samp_factor = gray ? 1 : picture.chroma.vertical;
  libjpeg_.optimize_coding = TRUE;
  libjpeg_.raw_data_in = TRUE;
}

Status JpegEncoder::WriteRows(const PlanarImage& picture) {
  std::vector<PaddedRows> components;
  for (std::size_t i = 0; i < picture.planes.size(); ++i) {
    THIMBLE_TRY(PaddedRows rows, PaddedRows::Create(libjpeg_.comp_info[i], picture.planes[i]));
    components.push_back(std::move(rows));
  }
  std::vector<JSAMPARRAY> rows;
  rows.reserve(components.size());
  for (PaddedRows& component : components) rows.push_back(component.rows());
  const auto lines = static_cast<JDIMENSION>(libjpeg_.max_v_samp_factor * DCTSIZE);

  while (libjpeg_.next_scanline < libjpeg_.image_height) {
    for (PaddedRows& component : components) component.FillFromNextRows();
    Status written = errors_.Run([&] { jpeg_write_raw_data(&libjpeg_, rows.data(), lines); });
    if (!written) return written;
  }
  return {};
}

bool IsOneOrTwo(int factor) { return factor == 1 || factor == 2; }

}  // namespace

Expected<std::size_t> EncodeJpeg(const PlanarImage& picture, JpegQuality quality,
                                 MutableByteSpan out) {
  THIMBLE_CHECK(picture.model == ColorModel::kGray || picture.model == ColorModel::kYCbCr);
  THIMBLE_CHECK(!picture.has_alpha);
  THIMBLE_CHECK(picture.planes.size() == ColorPlaneCount(picture.model));
  THIMBLE_CHECK(IsOneOrTwo(picture.chroma.horizontal) && IsOneOrTwo(picture.chroma.vertical));
  JpegEncoder encoder;
  return encoder.Encode(picture, quality, out);
}

}  // namespace thimble
