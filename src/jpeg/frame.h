// How a JPEG's components are divided into blocks (ISO 10918-1, A.1 and A.2): what its headers say,
// as values.
#pragma once

#include <vector>

#include "jpeg/idct.h"

namespace thimble {

inline constexpr int kMaxSamplingFactor = 4;

struct FrameComponent {
  int blocks_across = 1;  // in an MCU: its sampling factors, 1 to kMaxSamplingFactor
  int blocks_down = 1;
  int width = 0;  // samples that belong to the picture; blocks may reach beyond them
  int height = 0;
  QuantizationTable quantization{};
};

struct JpegFrame {
  std::vector<FrameComponent> components;
  int mcus_across = 0;
  int mcus_down = 0;
};

}  // namespace thimble
