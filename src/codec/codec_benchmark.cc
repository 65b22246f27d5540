// What one thread needs to decode a picture's planes at each scale, and to encode a small result.
// The pictures have detail at every scale, as photographs have (about 1.5 bits a pixel as JPEG).
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include "codec/decoder.h"
#include "codec/encoder.h"

namespace thimble {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr Size kSource = {2000, 1500};
constexpr Size kPngSource = {1200, 900};
constexpr std::size_t kRoom = 32 * 1024 * 1024;

// Random values on a grid of `cell` samples, blended in between.
class Lattice {
 public:
  // Fine detail is fainter, as a lens leaves it.
  Lattice(Size size, int cell, std::minstd_rand& random)
      : cell_(cell), columns_(static_cast<std::size_t>(size.width / cell + 2)) {
    values_.resize(columns_ * static_cast<std::size_t>(size.height / cell + 2));
    const float strength = std::min(1.F, static_cast<float>(cell) / 12);
    std::generate(values_.begin(), values_.end(),
                  [&] { return strength * (static_cast<float>(random() & 255) - 127.5F); });
  }
  float At(int x, int y) const {
    const float across = static_cast<float>(x % cell_) / static_cast<float>(cell_);
    const float down = static_cast<float>(y % cell_) / static_cast<float>(cell_);
    const std::size_t corner =
        static_cast<std::size_t>(y / cell_) * columns_ + static_cast<std::size_t>(x / cell_);
    const std::size_t below = corner + columns_;
    return std::lerp(std::lerp(values_[corner], values_[corner + 1], across),
                     std::lerp(values_[below], values_[below + 1], across), down);
  }

 private:
  int cell_;
  std::size_t columns_;
  std::vector<float> values_;
};

Plane DetailedPlane(Size size, unsigned seed) {
  std::minstd_rand random(seed);
  std::vector<Lattice> lattices;
  for (int cell = 256; cell >= 2; cell /= 2) lattices.emplace_back(size, cell, random);
  Plane plane = *Plane::Create(size);
  for (int y = 0; y < size.height; ++y) {
    const auto row = plane.mutable_row(y);
    for (int x = 0; x < size.width; ++x) {
      float sum = 0;
      for (const Lattice& lattice : lattices) sum += lattice.At(x, y);
      row[static_cast<std::size_t>(x)] =
          static_cast<std::uint8_t>(std::clamp(127.5F + sum / 3, 0.F, 255.F));
    }
  }
  return plane;
}

PlanarImage YCbCr420(Size size, ColorModel model) {
  PlanarImage picture;
  picture.size = size;
  picture.model = model;
  picture.chroma = {2, 2};
  const Size half{(size.width + 1) / 2, (size.height + 1) / 2};
  picture.planes.push_back(DetailedPlane(size, 1));
  picture.planes.push_back(DetailedPlane(half, 2));
  picture.planes.push_back(DetailedPlane(half, 3));
  return picture;
}

PlanarImage Rgba(Size size) {
  PlanarImage picture;
  picture.size = size;
  picture.model = ColorModel::kRgb;
  picture.has_alpha = true;
  for (unsigned seed = 1; seed <= 4; ++seed) picture.planes.push_back(DetailedPlane(size, seed));
  return picture;
}

template <class Encode>
Bytes Encoded(const Encode& encode) {
  Bytes file(kRoom);
  file.resize(*encode(MutableByteSpan(file)));
  return file;
}

class Unread final : public BandSink {
 public:
  bool AcceptBand(std::span<const PlaneView> band) override {
    benchmark::DoNotOptimize(band.front().data);
    return true;
  }
};

void Decode(benchmark::State& state, const Bytes& file, DecodeScale scale) {
  for (auto _ : state) {
    Unread sink;
    const auto decoder = *OpenDecoder(file, {});
    if (!decoder->Start(scale) || !decoder->Decode(sink)) state.SkipWithError("not decoded");
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(file.size()));
}

void BM_DecodeJpeg(benchmark::State& state) {
  static const Bytes file = Encoded([](MutableByteSpan out) {
    return EncodeJpeg(YCbCr420(kSource, ColorModel::kYCbCr), JpegQuality{85}, out);
  });
  const auto eighths = static_cast<std::int32_t>(state.range(0));
  Decode(state, file, {eighths, eighths});
}

void BM_DecodePng(benchmark::State& state) {
  static const Bytes file =
      Encoded([](MutableByteSpan out) { return EncodePng(Rgba(kPngSource), out); });
  Decode(state, file, {});
}

void BM_DecodeWebp(benchmark::State& state) {
  static const Bytes file = Encoded([](MutableByteSpan out) {
    return EncodeWebp(YCbCr420(kSource, ColorModel::kYCbCrLimited), WebpQuality{80}, out);
  });
  Decode(state, file, {});
}

template <class EncodeInto>
void Encode(benchmark::State& state, const EncodeInto& encode) {
  Bytes out(kRoom);
  std::size_t bytes = 0;
  for (auto _ : state) bytes = *encode(MutableByteSpan(out));
  state.counters["bytes"] = static_cast<double>(bytes);
}

Size ResultSize(const benchmark::State& state) {
  const auto width = static_cast<std::int32_t>(state.range(0));
  return {width, width * 3 / 4};
}

void BM_EncodeJpeg(benchmark::State& state) {
  const PlanarImage picture = YCbCr420(ResultSize(state), ColorModel::kYCbCr);
  Encode(state, [&](MutableByteSpan out) { return EncodeJpeg(picture, JpegQuality{80}, out); });
}

void BM_EncodePng(benchmark::State& state) {
  const PlanarImage picture = Rgba(ResultSize(state));
  Encode(state, [&](MutableByteSpan out) { return EncodePng(picture, out); });
}

void BM_EncodeWebp(benchmark::State& state) {
  const PlanarImage picture = YCbCr420(ResultSize(state), ColorModel::kYCbCrLimited);
  Encode(state, [&](MutableByteSpan out) { return EncodeWebp(picture, WebpQuality{80}, out); });
}

BENCHMARK(BM_DecodeJpeg)
    ->ArgName("eighths")
    ->Unit(benchmark::kMillisecond)
    ->Arg(8)
    ->Arg(4)
    ->Arg(2)
    ->Arg(1);
BENCHMARK(BM_DecodePng)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_DecodeWebp)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_EncodeJpeg)
    ->ArgName("width")
    ->Unit(benchmark::kMillisecond)
    ->Arg(1280)
    ->Arg(640)
    ->Arg(100);
BENCHMARK(BM_EncodePng)->ArgName("width")->Unit(benchmark::kMillisecond)->Arg(640)->Arg(100);
BENCHMARK(BM_EncodeWebp)->ArgName("width")->Unit(benchmark::kMillisecond)->Arg(640)->Arg(100);

}  // namespace
}  // namespace thimble
