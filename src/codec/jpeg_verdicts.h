// For tests and fuzzers: whether all ways of decoding a JPEG agree on what it is.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "codec/jpeg_delivery.h"

namespace thimble {

// Every scale of luma, with chroma alike and otherwise.
inline constexpr std::array<DecodeScale, 12> kVerdictScales = {{{8, 8},
                                                                {7, 7},
                                                                {6, 6},
                                                                {5, 5},
                                                                {4, 4},
                                                                {3, 3},
                                                                {2, 2},
                                                                {1, 1},
                                                                {8, 1},
                                                                {1, 8},
                                                                {4, 1},
                                                                {1, 2}}};

inline std::string NameOf(const std::optional<ErrorCode>& failure) {
  return failure ? "failure " + std::to_string(static_cast<int>(*failure)) : "success";
}

// What is wrong, if anything. All scales must succeed or fail alike, alone and together with the
// others; together a scale must get the samples that it gets alone; and libjpeg-turbo's reading
// must give the same. Only where a picture has one scan may libjpeg-turbo refuse what follows it.
inline std::optional<std::string> DisagreementOn(ByteSpan jpeg, const PictureLimits& limits = {},
                                                 std::int64_t max_pixels = 100'000'000) {
  std::vector<JpegDelivery> alone;
  for (const DecodeScale scale : kVerdictScales) {
    alone.push_back(DeliverJpeg(JpegMethod::kFastest, jpeg, scale, limits, max_pixels));
    if (alone.back().failure == alone.front().failure) continue;
    return NameOf(alone.back().failure) + " at " + std::to_string(scale.eighths) + "/8 and " +
           std::to_string(scale.chroma_eighths) + "/8, " + NameOf(alone.front().failure) +
           " at full size";
  }
  const std::optional<ErrorCode> failure = alone.front().failure;
  const auto together = DeliverJpegTogether(jpeg, kVerdictScales, limits, max_pixels);
  const bool too_large = !failure && alone.front().planes.empty();
  if (!too_large && together.has_value() != !failure.has_value()) {
    return "together the verdict is not " + NameOf(failure);
  }
  for (std::size_t i = 0; together && !too_large && i < alone.size(); ++i) {
    if ((*together)[i].planes != alone[i].planes) return "other samples together with other scales";
  }
  const JpegDelivery libjpegs =
      DeliverJpeg(JpegMethod::kLibjpeg, jpeg, kVerdictScales.front(), limits, max_pixels);
  if (libjpegs.failure == failure) {
    if (!failure && libjpegs.planes != alone.front().planes) return "other samples by libjpeg";
    return std::nullopt;
  }
  const auto decoder = OpenJpegDecoder(jpeg, limits);
  const bool has_one_scan = decoder && !(*decoder)->info().multi_pass;
  if (!failure && has_one_scan) return std::nullopt;
  return NameOf(failure) + ", and by libjpeg " + NameOf(libjpegs.failure);
}

}  // namespace thimble
