// For tests and fuzzers: all that a JPEG decoder delivers, by either method.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "codec/codecs.h"

namespace thimble {

struct JpegDelivery {
  std::vector<std::vector<std::uint8_t>> planes;  // rows one after the other
  std::optional<ErrorCode> failure;
  friend bool operator==(const JpegDelivery&, const JpegDelivery&) = default;
};

class JpegDeliverySink final : public BandSink {
 public:
  explicit JpegDeliverySink(JpegDelivery& delivery) : delivery_(delivery) {}
  bool AcceptBand(std::span<const PlaneView> band) override {
    delivery_.planes.resize(band.size());
    for (std::size_t i = 0; i < band.size(); ++i) {
      for (int y = 0; y < band[i].height; ++y) {
        const auto row = band[i].row(y);
        delivery_.planes[i].insert(delivery_.planes[i].end(), row.begin(), row.end());
      }
    }
    return true;
  }

 private:
  JpegDelivery& delivery_;
};

// Larger pictures than `max_pixels` deliver nothing.
inline JpegDelivery DeliverJpeg(JpegMethod method, ByteSpan jpeg, DecodeScale scale,
                                PictureLimits limits = {}, std::int64_t max_pixels = 100'000'000) {
  JpegDelivery delivery;
  limits.jpeg_method = method;
  const auto decoder = OpenJpegDecoder(jpeg, limits);
  if (!decoder) return {.planes = {}, .failure = decoder.error().code};
  if ((*decoder)->info().size.area() > max_pixels) return delivery;
  const auto layouts = (*decoder)->Start(scale);
  if (!layouts) return {.planes = {}, .failure = layouts.error().code};
  JpegDeliverySink sink(delivery);
  const Status decoded = (*decoder)->Decode(sink);
  if (!decoded) delivery.failure = decoded.error().code;
  return delivery;
}

// At several scales from one pass, a delivery for each; nothing where the decoder does not do that.
inline std::optional<std::vector<JpegDelivery>> DeliverJpegTogether(
    ByteSpan jpeg, std::span<const DecodeScale> scales, const PictureLimits& limits = {},
    std::int64_t max_pixels = 100'000'000) {
  const auto decoder = OpenJpegDecoder(jpeg, limits);
  if (!decoder || (*decoder)->info().size.area() > max_pixels) return std::nullopt;
  std::vector<JpegDelivery> deliveries(scales.size());
  std::vector<JpegDeliverySink> sinks(deliveries.begin(), deliveries.end());
  std::vector<ScaledSink> outputs;
  for (std::size_t i = 0; i < scales.size(); ++i) outputs.push_back({scales[i], &sinks[i]});
  if (!(*decoder)->DecodeTogether(outputs)) return std::nullopt;
  return deliveries;
}

}  // namespace thimble
