#include "color/icc_structure.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace thimble {
namespace {

constexpr std::size_t kMaxProfileBytes = std::size_t{4} << 20;
constexpr std::size_t kHeaderBytes = 128;
constexpr std::size_t kTagCountBytes = 4;
constexpr std::size_t kTagEntryBytes = 12;   // signature, offset, size
constexpr std::uint32_t kMaxTagCount = 100;  // real profiles have 9 to 40
// Fields of the header.
constexpr std::size_t kSizeAt = 0;
constexpr std::size_t kClassAt = 12;
constexpr std::size_t kColorSpaceAt = 16;
constexpr std::size_t kConnectionSpaceAt = 20;
constexpr std::size_t kSignatureAt = 36;
constexpr std::string_view kRgbSpace = "RGB ";

std::uint32_t NumberAt(ByteSpan bytes, std::size_t offset) {
  std::uint32_t number = 0;
  for (const std::uint8_t byte : bytes.subspan(offset, 4)) number = number << 8 | byte;
  return number;
}

std::string_view SignatureAt(ByteSpan bytes, std::size_t offset) {
  return TextOf(bytes.subspan(offset, 4));
}

bool IsColorSpaceFor(ColorModel model, std::string_view color_space) {
  switch (model) {
    case ColorModel::kGray: return color_space == "GRAY" || color_space == kRgbSpace;
    case ColorModel::kYCbCr:
    case ColorModel::kYCbCrLimited:
    case ColorModel::kRgb: return color_space == kRgbSpace;
    case ColorModel::kCmyk:
    case ColorModel::kYcck: return color_space == "CMYK";
  }
  return false;
}

bool IsHeaderUsable(ByteSpan profile, ColorModel model) {
  constexpr std::array<std::string_view, 4> kClasses = {"mntr", "scnr", "prtr", "spac"};
  constexpr std::array<std::string_view, 2> kConnectionSpaces = {"XYZ ", "Lab "};
  return SignatureAt(profile, kSignatureAt) == "acsp" &&
         IsColorSpaceFor(model, SignatureAt(profile, kColorSpaceAt)) &&
         std::ranges::count(kClasses, SignatureAt(profile, kClassAt)) == 1 &&
         std::ranges::count(kConnectionSpaces, SignatureAt(profile, kConnectionSpaceAt)) == 1;
}

bool AreTagsInside(ByteSpan profile) {
  const std::uint32_t count = NumberAt(profile, kHeaderBytes);
  if (count == 0 || count > kMaxTagCount) return false;
  const std::size_t table_end = kHeaderBytes + kTagCountBytes + count * kTagEntryBytes;
  if (table_end > profile.size()) return false;
  for (std::size_t entry = kHeaderBytes + kTagCountBytes; entry < table_end;
       entry += kTagEntryBytes) {
    const std::size_t offset = NumberAt(profile, entry + 4);
    const std::size_t size = NumberAt(profile, entry + 8);
    if (offset < table_end || offset > profile.size() || size > profile.size() - offset) {
      return false;
    }
  }
  return true;
}

}  // namespace

ByteSpan UsableIccProfile(ByteSpan bytes, ColorModel model) {
  if (bytes.size() < kHeaderBytes + kTagCountBytes) return {};
  const std::size_t size = NumberAt(bytes, kSizeAt);
  if (size < kHeaderBytes + kTagCountBytes || size > bytes.size() || size > kMaxProfileBytes) {
    return {};
  }
  const ByteSpan profile = bytes.first(size);
  return IsHeaderUsable(profile, model) && AreTagsInside(profile) ? profile : ByteSpan();
}

bool IsProfileOfRgb(ByteSpan profile) { return SignatureAt(profile, kColorSpaceAt) == kRgbSpace; }

}  // namespace thimble
