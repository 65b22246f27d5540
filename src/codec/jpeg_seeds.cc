#include "codec/jpeg_seeds.h"

#include <cstddef>
#include <utility>

#include "codec/jpeg_file_test_support.h"

namespace thimble {
namespace {

// From flat patches to noise at full contrast.
double Patches(int component, double x, double y) {
  const auto hash = [](std::uint32_t value) {
    value = (value ^ (value >> 16)) * 0x45d9f3bU;
    value = (value ^ (value >> 16)) * 0x45d9f3bU;
    return value ^ (value >> 16);
  };
  const auto at =
      static_cast<std::uint32_t>(y * 4099 + x * 2) * 3 + static_cast<std::uint32_t>(component);
  const std::uint32_t patch =
      hash(static_cast<std::uint32_t>(y / 40) * 977 + static_cast<std::uint32_t>(x / 40)) % 5;
  const double noise = static_cast<double>(hash(at) % 256) - 128;
  return SmoothWave(component, x, y) + noise * patch / 4;
}

}  // namespace

std::vector<JpegSeed> JpegSeeds() {
  constexpr Size kSize{451, 397};
  const std::vector<SamplingFactors> whole = {{1, 1}, {1, 1}, {1, 1}};
  const std::vector<SamplingFactors> wide = {{2, 1}, {1, 1}, {1, 1}};
  const std::vector<std::pair<std::string, TestJpeg>> kinds = {
      {"baseline-420", {.size = kSize}},
      {"baseline-444", {.size = kSize, .sampling = whole, .quality = 80}},
      {"baseline-422-restarts",
       {.size = kSize, .sampling = wide, .quality = 90, .restart_rows = 1}},
      {"gray", {.size = kSize, .color_space = JCS_GRAYSCALE, .sampling = {{1, 1}}, .quality = 97}},
      {"progressive-420", {.size = kSize, .progressive = true}},
      {"progressive-444", {.size = kSize, .sampling = whole, .quality = 80, .progressive = true}},
      {"inks",
       {.size = kSize,
        .color_space = JCS_YCCK,
        .sampling = {{2, 2}, {1, 1}, {1, 1}, {2, 2}},
        .quality = 80,
        .adobe_marker = true}}};
  std::vector<JpegSeed> seeds;
  seeds.reserve(kinds.size());
  for (const auto& [name, kind] : kinds) seeds.push_back({name, MakeJpeg(kind, Patches)});
  return seeds;
}

}  // namespace thimble
