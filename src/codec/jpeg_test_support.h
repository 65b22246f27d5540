// For tests: JPEGs made from formulas, in every arrangement that libjpeg can write, and the planes
// of a decoded picture gathered whole.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "codec/decoder.h"
#include "codec/jpeg_error.h"

namespace thimble {

struct SamplingFactors {
  int horizontal = 1;
  int vertical = 1;
};

struct ExtraSegment {
  int marker = 0;
  std::string payload = {};
};

struct TestJpeg {
  Size size{160, 120};
  J_COLOR_SPACE color_space = JCS_YCbCr;
  std::vector<SamplingFactors> sampling = {{2, 2}, {1, 1}, {1, 1}};
  int quality = 95;
  bool progressive = false;
  bool scan_per_component = false;         // sequential, not interleaved
  std::vector<jpeg_scan_info> scans = {};  // a progression of one's own
  bool arithmetic = false;
  int restart_rows = 0;
  bool adobe_marker = false;  // written by libjpeg itself for RGB, CMYK and YCCK
  std::vector<ExtraSegment> segments = {};
};

// The value of a component at a point of the picture, in full-size pixels; 0-255.
using TestPicture = std::function<double(int component, double x, double y)>;

std::vector<std::uint8_t> MakeJpeg(const TestJpeg& jpeg, const TestPicture& picture);

// A slow wave in every component, each in another direction.
double SmoothWave(int component, double x, double y);

struct GatheredPlane {
  PlaneLayout layout;
  std::vector<std::uint8_t> samples;

  std::uint8_t at(int x, int y) const {
    return samples[static_cast<std::size_t>(y) * static_cast<std::size_t>(layout.size.width) +
                   static_cast<std::size_t>(x)];
  }
};

struct GatheredPicture {
  SourceInfo info;
  std::vector<GatheredPlane> planes;
};

// Opens, starts and decodes. Fails the running test when a band does not fit its layout, or rows
// are missing although decoding succeeded.
Expected<GatheredPicture> DecodeJpeg(ByteSpan jpeg, DecodeScale scale = {},
                                     const PictureLimits& limits = {});

// The code that opening or decoding ends with; nothing when it succeeds.
std::optional<ErrorCode> FailureOf(ByteSpan jpeg, DecodeScale scale = {},
                                   const PictureLimits& limits = {});

}  // namespace thimble
