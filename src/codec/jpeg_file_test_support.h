// For tests and fuzzers: JPEGs made from formulas, in every arrangement that libjpeg can write.
#pragma once

#include <cstdint>
#include <cstdio>  // jpeglib.h needs it before itself
#include <functional>
#include <string>
#include <vector>

#include <jpeglib.h>

#include "image/size.h"

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
  int restart_rows = 0;       // rows of MCUs between restart markers
  int restart_mcus = 0;       // or MCUs
  bool adobe_marker = false;  // written by libjpeg itself for RGB, CMYK and YCCK
  std::vector<ExtraSegment> segments = {};
};

// The value of a component at a point of the picture, in full-size pixels; 0-255.
using TestPicture = std::function<double(int component, double x, double y)>;

std::vector<std::uint8_t> MakeJpeg(const TestJpeg& jpeg, const TestPicture& picture);

// A slow wave in every component, each in another direction.
double SmoothWave(int component, double x, double y);

}  // namespace thimble
