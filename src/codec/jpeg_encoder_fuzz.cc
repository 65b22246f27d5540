// Whatever is encoded as a JPEG decodes to what went in: libjpeg-turbo finds each coefficient
// within half a quantization step, and a bit for thrifty rounding, of the exact DCT's.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <optional>
#include <utility>
#include <vector>

#include "base/error.h"
#include "codec/encoder.h"
#include "codec/jpeg_coefficients.h"
#include "codec/jpeg_delivery.h"

namespace thimble {
namespace {

constexpr std::size_t kSide = 8;
using Block = std::array<std::array<double, kSide>, kSide>;

// The fuzzer's bytes, over and over.
class Input {
 public:
  explicit Input(ByteSpan bytes) : bytes_(bytes) {}
  std::uint8_t Next() { return bytes_.empty() ? std::uint8_t{0} : bytes_[at_++ % bytes_.size()]; }

 private:
  ByteSpan bytes_;
  std::size_t at_ = 0;
};

PlanarImage PictureFrom(Input& input) {
  constexpr int kMostSide = 70;
  PlanarImage picture;
  picture.size = {1 + input.Next() % kMostSide, 1 + input.Next() % kMostSide};
  const std::uint8_t kind = input.Next();
  picture.model = kind % 5 == 0 ? ColorModel::kGray : ColorModel::kYCbCr;
  if (picture.model == ColorModel::kYCbCr) picture.chroma = {1 + kind / 5 % 2, 1 + kind / 10 % 2};
  const auto reduced = [](int length, int factor) { return (length + factor - 1) / factor; };
  for (std::size_t i = 0; i < ColorPlaneCount(picture.model); ++i) {
    const ChromaSubsampling factors = i == 0 ? ChromaSubsampling{1, 1} : picture.chroma;
    auto plane = Plane::Create({reduced(picture.size.width, factors.horizontal),
                                reduced(picture.size.height, factors.vertical)});
    THIMBLE_CHECK(plane.has_value());
    for (int y = 0; y < plane->height(); ++y) {
      for (std::uint8_t& sample : plane->mutable_row(y)) sample = input.Next();
    }
    picture.planes.push_back(std::move(*plane));
  }
  return picture;
}

// With the last row and column repeated.
Block SamplesAt(const Plane& plane, int block_x, int block_y) {
  Block samples{};
  for (int y = 0; y < 8; ++y) {
    const auto row = plane.view().row(std::min(8 * block_y + y, plane.height() - 1));
    for (int x = 0; x < 8; ++x) {
      const int from = std::min(8 * block_x + x, plane.width() - 1);
      samples[static_cast<std::size_t>(y)][static_cast<std::size_t>(x)] =
          row[static_cast<std::size_t>(from)] - 128.0;
    }
  }
  return samples;
}

// A pass over the rows, which come out as columns.
Block TransformRows(const Block& block) {
  static const Block weights_of = [] {
    Block weights{};
    for (std::size_t frequency = 0; frequency < kSide; ++frequency) {
      for (std::size_t at = 0; at < kSide; ++at) {
        const double angle = static_cast<double>(frequency * (2 * at + 1)) * std::numbers::pi / 16;
        weights[frequency][at] = frequency == 0 ? std::sqrt(0.125) : 0.5 * std::cos(angle);
      }
    }
    return weights;
  }();
  Block out{};
  for (std::size_t y = 0; y < kSide; ++y) {
    for (std::size_t frequency = 0; frequency < kSide; ++frequency) {
      for (std::size_t x = 0; x < kSide; ++x) {
        out[frequency][y] += weights_of[frequency][x] * block[y][x];
      }
    }
  }
  return out;
}

void CheckBlock(const Block& exact, const std::int16_t* coefficients, const JQUANT_TBL& steps) {
  constexpr double kRounding = 0.53;  // of a step
  constexpr double kArithmetic = 1;   // that of the integer DCT
  for (std::size_t v = 0; v < kSide; ++v) {
    for (std::size_t u = 0; u < kSide; ++u) {
      const std::size_t at = v * kSide + u;
      const double step = steps.quantval[at];
      THIMBLE_CHECK(std::abs(coefficients[at] * step - exact[v][u]) <=
                    kRounding * step + kArithmetic);
    }
  }
}

void CheckCoefficients(const PlanarImage& picture, ByteSpan jpeg) {
  JpegHeader header(jpeg);
  THIMBLE_CHECK(header.is_good());
  const std::optional<JpegCoefficients> coefficients = header.ReadByLibjpeg();
  THIMBLE_CHECK(coefficients.has_value());
  for (std::size_t i = 0; i < picture.planes.size(); ++i) {
    const jpeg_component_info& component = header.libjpeg().comp_info[i];
    const auto factor = static_cast<JDIMENSION>(component.h_samp_factor);
    const JDIMENSION across = (component.width_in_blocks + factor - 1) / factor * factor;
    for (JDIMENSION y = 0; y < component.height_in_blocks; ++y) {
      for (JDIMENSION x = 0; x < component.width_in_blocks; ++x) {
        const Block samples =
            SamplesAt(picture.planes[i], static_cast<int>(x), static_cast<int>(y));
        CheckBlock(TransformRows(TransformRows(samples)),
                   &(*coefficients)[i][(std::size_t{y} * across + x) * DCTSIZE2],
                   *component.quant_table);
      }
    }
  }
}

void EncodeAndCheck(ByteSpan bytes) {
  Input input(bytes);
  const JpegQuality quality = {1 + input.Next() % 100};
  const PlanarImage picture = PictureFrom(input);
  std::vector<std::uint8_t> jpeg(1 << 17);
  const auto size = EncodeJpeg(picture, quality, jpeg);
  THIMBLE_CHECK(size.has_value());
  jpeg.resize(*size);
  CheckCoefficients(picture, jpeg);
  const JpegDelivery own = DeliverJpeg(JpegMethod::kFastest, jpeg, {8, 8});
  THIMBLE_CHECK(!own.failure);
  THIMBLE_CHECK(own == DeliverJpeg(JpegMethod::kLibjpeg, jpeg, {8, 8}));
}

}  // namespace
}  // namespace thimble

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  thimble::EncodeAndCheck({data, size});
  return 0;
}
