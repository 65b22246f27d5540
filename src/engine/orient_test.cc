#include "engine/orient.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace thimble {
namespace {

// "abc/def": rows of a gray picture, a letter a sample.
PlanarImage PictureOf(const std::string& rows) {
  PlanarImage picture;
  const auto width = rows.find('/');
  picture.size = {static_cast<int>(width), static_cast<int>((rows.size() + 1) / (width + 1))};
  picture.model = ColorModel::kGray;
  Plane plane = *Plane::Create(picture.size);
  for (int y = 0; y < picture.size.height; ++y) {
    const std::string row = rows.substr(static_cast<std::size_t>(y) * (width + 1), width);
    std::copy(row.begin(), row.end(), plane.mutable_row(y).begin());
  }
  picture.planes.push_back(std::move(plane));
  return picture;
}

std::string TextOf(const PlanarImage& picture) {
  std::string text;
  for (int y = 0; y < picture.planes[0].height(); ++y) {
    if (y > 0) text += '/';
    const auto row = picture.planes[0].row(y);
    text.append(row.begin(), row.end());
  }
  return text;
}

TEST(TurnUpright, FollowsTheEightExifOrientations) {
  const std::map<int, std::string> expected = {
      {1, "abc/def"},  {2, "cba/fed"},  {3, "fed/cba"},  {4, "def/abc"},
      {5, "ad/be/cf"}, {6, "da/eb/fc"}, {7, "fc/eb/da"}, {8, "cf/be/ad"},
  };
  for (const auto& [value, text] : expected) {
    const Expected<PlanarImage> turned =
        TurnUpright(PictureOf("abc/def"), OrientationFromExif(static_cast<std::uint32_t>(value)));
    ASSERT_TRUE(turned.has_value());
    EXPECT_EQ(TextOf(*turned), text) << "orientation " << value;
    EXPECT_EQ(turned->size, turned->planes[0].size());
  }
}

TEST(TurnUpright, TransposesPicturesLargerThanATile) {
  PlanarImage picture;
  picture.size = {53, 37};
  picture.model = ColorModel::kGray;
  picture.planes.push_back(*Plane::Create(picture.size));
  const auto sample = [](int x, int y) { return static_cast<std::uint8_t>(x * 7 + y * 13); };
  for (int y = 0; y < 37; ++y) {
    for (int x = 0; x < 53; ++x)
      picture.planes[0].mutable_row(y)[static_cast<std::size_t>(x)] = sample(x, y);
  }
  const Expected<PlanarImage> turned = TurnUpright(std::move(picture), Orientation::kTranspose);
  ASSERT_TRUE(turned.has_value());
  for (int y = 0; y < 53; ++y) {
    for (int x = 0; x < 37; ++x)
      ASSERT_EQ(turned->planes[0].row(y)[static_cast<std::size_t>(x)], sample(y, x));
  }
}

TEST(TurnUpright, SwapsTheChromaSubsamplingWithTheSides) {
  PlanarImage picture = PictureOf("abc/def");
  picture.chroma = {2, 1};
  EXPECT_EQ(TurnUpright(std::move(picture), Orientation::kRotate90)->chroma,
            (ChromaSubsampling{1, 2}));
}

}  // namespace
}  // namespace thimble
