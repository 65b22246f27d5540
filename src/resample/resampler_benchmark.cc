// What one thread needs for the planes of a 4:2:0 picture, pushed in the bands a JPEG decoder
// delivers. Arguments: source width and height, result width and height.
#include "resample/resampler.h"

#include <benchmark/benchmark.h>
#include <hwy/targets.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

namespace thimble {
namespace {

Plane NoisePlane(Size size) {
  Plane plane = *Plane::Create(size);
  std::minstd_rand random(1);
  for (int y = 0; y < size.height; ++y) {
    for (std::uint8_t& sample : plane.mutable_row(y)) {
      sample = static_cast<std::uint8_t>(random() >> 8);
    }
  }
  return plane;
}

AxisMap WholeAxis(int in_size, int out_size) {
  return {
      .in_size = in_size, .out_size = out_size, .scale = static_cast<double>(in_size) / out_size};
}

void ResamplePlane(const Plane& source, int band_rows, Plane& result) {
  auto resampler = *PlaneResampler::Create(WholeAxis(source.width(), result.width()),
                                           WholeAxis(source.height(), result.height()));
  for (int y = 0; y < source.height(); y += band_rows) {
    resampler.Push({.data = source.row(y).data(),
                    .width = source.width(),
                    .height = std::min(band_rows, source.height() - y),
                    .stride = source.stride()},
                   result.mutable_view());
  }
  benchmark::DoNotOptimize(result.row(0).data());
}

Size HalfOf(Size size) { return {(size.width + 1) / 2, (size.height + 1) / 2}; }

void BM_ResampleLuma(benchmark::State& state) {
  const Size in{static_cast<int>(state.range(0)), static_cast<int>(state.range(1))};
  const Size out{static_cast<int>(state.range(2)), static_cast<int>(state.range(3))};
  const Plane source = NoisePlane(in);
  Plane result = *Plane::Create(out);
  for (auto _ : state) ResamplePlane(source, 16, result);
}

void BM_Resample420(benchmark::State& state) {
  const Size in{static_cast<int>(state.range(0)), static_cast<int>(state.range(1))};
  const Size out{static_cast<int>(state.range(2)), static_cast<int>(state.range(3))};
  const Plane luma = NoisePlane(in);
  const Plane chroma = NoisePlane(HalfOf(in));
  Plane luma_result = *Plane::Create(out);
  Plane chroma_result = *Plane::Create(HalfOf(out));
  for (auto _ : state) {
    ResamplePlane(luma, 16, luma_result);
    ResamplePlane(chroma, 8, chroma_result);
    ResamplePlane(chroma, 8, chroma_result);
  }
}

// The coefficient tables and buffers alone.
void BM_Create(benchmark::State& state) {
  const auto in = static_cast<int>(state.range(0));
  const auto out = static_cast<int>(state.range(1));
  for (auto _ : state) {
    benchmark::DoNotOptimize(PlaneResampler::Create(WholeAxis(in, out), WholeAxis(in, out)));
  }
}

BENCHMARK(BM_Resample420)
    ->Unit(benchmark::kMillisecond)
    ->Args({2725, 2225, 1280, 1045})
    ->Args({2725, 2225, 640, 523})
    ->Args({2725, 2225, 300, 245});
BENCHMARK(BM_ResampleLuma)
    ->Unit(benchmark::kMillisecond)
    ->Args({2725, 2225, 1280, 1045})
    ->Args({1363, 1113, 640, 523})
    ->Args({1363, 1113, 1363, 1113})
    ->Args({640, 523, 1280, 1045});
BENCHMARK(BM_Create)->Unit(benchmark::kMicrosecond)->Args({2725, 1280})->Args({1363, 640});

// The same as BM_ResampleLuma's first case on each instruction set this CPU has.
void BM_Target(benchmark::State& state, std::int64_t target) {
  hwy::SetSupportedTargetsForTest(target);
  const Plane source = NoisePlane({2725, 2225});
  Plane result = *Plane::Create({1280, 1045});
  for (auto _ : state) ResamplePlane(source, 16, result);
  hwy::SetSupportedTargetsForTest(0);
}

const bool kTargetsRegistered = [] {
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    benchmark::RegisterBenchmark(hwy::TargetName(target), &BM_Target, target)
        ->Unit(benchmark::kMillisecond);
  }
  return true;
}();

}  // namespace
}  // namespace thimble
