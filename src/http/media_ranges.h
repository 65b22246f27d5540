// The media ranges of an Accept header (RFC 9110, 12.5.1) with their weights.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace thimble {

class MediaRanges {
 public:
  static constexpr int kFullWeight = 1000;  // q=1, in thousandths

  struct Range {
    std::string name;  // "image/webp", "image/*": lower case
    int weight = kFullWeight;
  };

  // Nothing for a header that does not parse. Several Accept lines are to be joined by commas.
  static std::optional<MediaRanges> FromAccept(std::string_view accept);

  // Of the range that is exactly `name` ("image/webp", "image/*"), 0-1000; nothing when there is
  // none.
  std::optional<int> WeightOfRange(std::string_view name) const;
  // Of a media type: by the most specific range that matches it, 0-1000; 0 when none does.
  int WeightOfType(std::string_view type) const;

 private:
  std::vector<Range> ranges_;
};

}  // namespace thimble
