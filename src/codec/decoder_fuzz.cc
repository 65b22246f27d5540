// Whatever the bytes, every decoder stays inside them, keeps to the layout it announced, and never
// counts them as a bug of ours. The last byte chooses the decode scale.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "base/error.h"
#include "codec/decoder.h"

namespace thimble {
namespace {

constexpr PictureLimits kLimits = {.max_jpeg_scans = 20, .max_icc_bytes = 64 * 1024};
constexpr std::int64_t kMaxPixels = 1 << 18;  // a plan refuses larger pictures by their header

class CheckingSink final : public BandSink {
 public:
  explicit CheckingSink(std::vector<PlaneLayout> layouts)
      : layouts_(std::move(layouts)), rows_(layouts_.size()) {}

  bool AcceptBand(std::span<const PlaneView> band) override {
    THIMBLE_CHECK(band.size() == layouts_.size());
    for (std::size_t i = 0; i < band.size(); ++i) {
      THIMBLE_CHECK(band[i].width == layouts_[i].size.width);
      rows_[i] += band[i].height;
      THIMBLE_CHECK(rows_[i] <= layouts_[i].size.height);
      for (int y = 0; y < band[i].height; ++y) {
        for (const std::uint8_t sample : band[i].row(y)) sum_ += sample;  // reads every sample
      }
    }
    return true;
  }

  bool has_all_rows() const {
    for (std::size_t i = 0; i < layouts_.size(); ++i) {
      if (rows_[i] != layouts_[i].size.height) return false;
    }
    return true;
  }
  std::uint64_t sum() const { return sum_; }

 private:
  std::vector<PlaneLayout> layouts_;
  std::vector<int> rows_;
  std::uint64_t sum_ = 0;
};

template <class Result>
bool SucceededOrFailedProperly(const Result& result) {
  THIMBLE_CHECK(result || result.error().code != ErrorCode::kInternal);
  return result.has_value();
}

void DecodeOnce(ByteSpan source) {
  const Expected<std::unique_ptr<Decoder>> decoder = OpenDecoder(source, kLimits);
  if (!SucceededOrFailedProperly(decoder)) return;
  const SourceInfo& info = (*decoder)->info();
  THIMBLE_CHECK(info.size.width > 0 && info.size.height > 0);
  if (info.size.area() > kMaxPixels) return;

  const bool scalable = info.format == ImageFormat::kJpeg;
  const DecodeScale scale =
      scalable ? DecodeScale{source.back() % 8 + 1, source.back() / 8 % 8 + 1} : DecodeScale{};
  const Expected<std::vector<PlaneLayout>> layouts = (*decoder)->Start(scale);
  if (!SucceededOrFailedProperly(layouts)) return;
  CheckingSink sink(*layouts);
  const Status decoded = (*decoder)->Decode(sink);
  if (SucceededOrFailedProperly(decoded)) THIMBLE_CHECK(sink.has_all_rows());
  volatile std::uint64_t keep = sink.sum();
  static_cast<void>(keep);
}

}  // namespace
}  // namespace thimble

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  thimble::DecodeOnce({data, size});
  return 0;
}
