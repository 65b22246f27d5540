#include "codec/decode_test_support.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iterator>

namespace thimble {
namespace {

class CollectingSink final : public BandSink {
 public:
  explicit CollectingSink(std::vector<Plane>& planes) : planes_(planes), rows_(planes.size(), 0) {}

  bool AcceptBand(std::span<const PlaneView> band) override {
    EXPECT_EQ(band.size(), planes_.size());
    for (std::size_t i = 0; i < band.size(); ++i) {
      EXPECT_EQ(band[i].width, planes_[i].width());
      EXPECT_LE(rows_[i] + band[i].height, planes_[i].height());
      for (int y = 0; y < band[i].height; ++y) {
        std::ranges::copy(band[i].row(y), planes_[i].mutable_row(rows_[i]++).begin());
      }
    }
    return true;
  }

  bool complete() const {
    for (std::size_t i = 0; i < planes_.size(); ++i) {
      if (rows_[i] != planes_[i].height()) return false;
    }
    return true;
  }

 private:
  std::vector<Plane>& planes_;
  std::vector<int> rows_;
};

Status CheckLimits(const SourceInfo& info) {
  const PictureLimits limits;
  if (info.size.width > limits.max_side || info.size.height > limits.max_side) {
    return Fail(ErrorCode::kDimensionTooLarge);
  }
  if (info.size.area() > limits.max_pixels) return Fail(ErrorCode::kTooManyPixels);
  return {};
}

}  // namespace

Expected<PlanarImage> DecodeAll(OpenFunction open, ByteSpan source) {
  THIMBLE_TRY(const std::unique_ptr<Decoder> decoder, open(source, PictureLimits{}));
  const SourceInfo& info = decoder->info();
  if (Status checked = CheckLimits(info); !checked) return Forward(checked);
  THIMBLE_TRY(const std::vector<PlaneLayout> layouts, decoder->Start(DecodeScale{}));
  PlanarImage picture;
  picture.size = info.size;
  picture.model = info.model;
  picture.has_alpha = info.has_alpha;
  picture.chroma = info.chroma;
  for (const PlaneLayout& layout : layouts) {
    THIMBLE_TRY(Plane plane, Plane::Create(layout.size));
    picture.planes.push_back(std::move(plane));
  }
  CollectingSink sink(picture.planes);
  if (Status decoded = decoder->Decode(sink); !decoded) return Forward(decoded);
  EXPECT_TRUE(sink.complete()) << "success without all rows";
  EXPECT_EQ(layouts.size(), ColorPlaneCount(info.model) + (info.has_alpha ? 1 : 0));
  return picture;
}

std::string OutcomeOf(const Expected<PlanarImage>& decoded) {
  return decoded ? "ok" : std::string(SlugOf(decoded.error().code));
}

double PsnrOf(const Plane& a, const Plane& b) {
  EXPECT_EQ(a.size(), b.size());
  double squares = 0;
  for (int y = 0; y < a.height(); ++y) {
    for (std::size_t x = 0; x < static_cast<std::size_t>(a.width()); ++x) {
      const double difference = double{1} * a.row(y)[x] - b.row(y)[x];
      squares += difference * difference;
    }
  }
  if (squares == 0) return 99;
  return 10 * std::log10(255.0 * 255.0 * static_cast<double>(a.size().area()) / squares);
}

std::string SharedTestData() {
  const char* directory = std::getenv("THIMBLE_SHARED");
  return directory == nullptr ? std::string() : std::string(directory);
}

Bytes ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace thimble
