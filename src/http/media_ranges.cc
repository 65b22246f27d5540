#include "http/media_ranges.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "base/ascii.h"

namespace thimble {
namespace {

constexpr int kFullWeight = MediaRanges::kFullWeight;

constexpr bool IsTokenCharacter(char c) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return IsAlphanumeric(c) || kMarks.find(c) != std::string_view::npos;
}

// "0", "0.8", "1.000" in thousandths.
std::optional<int> WeightFromText(std::string_view text) {
  if (text.empty() || (text[0] != '0' && text[0] != '1')) return std::nullopt;
  std::string digits(text.substr(text.size() > 1 ? 2 : 1));
  if ((text.size() > 1 && text[1] != '.') || digits.size() > 3) return std::nullopt;
  digits.resize(3, '0');
  int weight = text[0] - '0';
  for (const char digit : digits) {
    if (!IsDigit(digit)) return std::nullopt;
    weight = weight * 10 + (digit - '0');
  }
  return weight <= kFullWeight ? std::optional(weight) : std::nullopt;
}

// A cursor over the header's grammar. Every Take... says whether it found its thing.
class AcceptReader {
 public:
  explicit AcceptReader(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }

  void SkipSpace() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(kBlanks), rest_.size()));
  }

  bool Take(char c) {
    if (rest_.empty() || rest_[0] != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::optional<MediaRanges::Range> TakeRange() {
    const std::string_view type = TakeToken();
    if (type.empty() || !Take('/')) return std::nullopt;
    const std::string_view subtype = TakeToken();
    if (subtype.empty()) return std::nullopt;
    MediaRanges::Range range;
    range.name = LowerAscii(type) + '/' + LowerAscii(subtype);
    SkipSpace();
    while (Take(';')) {
      SkipSpace();
      if (!TakeParameter(range)) return std::nullopt;
      SkipSpace();
    }
    return range;
  }

 private:
  std::string_view TakeToken() {
    const auto* const end = std::find_if_not(rest_.begin(), rest_.end(), IsTokenCharacter);
    const std::string_view token = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    rest_.remove_prefix(token.size());
    return token;
  }

  bool TakeParameter(MediaRanges::Range& range) {
    const std::string_view name = TakeToken();
    if (name.empty() || !Take('=')) return false;
    const bool is_weight = name == "q" || name == "Q";
    if (!is_weight) return Take('"') ? TakeRestOfQuoted() : !TakeToken().empty();
    const std::optional<int> weight = WeightFromText(TakeToken());
    range.weight = weight.value_or(0);
    return weight.has_value();
  }

  bool TakeRestOfQuoted() {
    while (!Take('"')) {
      const std::size_t step = rest_.starts_with('\\') ? 2 : 1;
      if (rest_.size() <= step) return false;  // no closing quote can follow
      rest_.remove_prefix(step);
    }
    return true;
  }

  std::string_view rest_;
};

}  // namespace

std::optional<MediaRanges> MediaRanges::FromAccept(std::string_view accept) {
  MediaRanges parsed;
  AcceptReader reader(accept);
  reader.SkipSpace();
  while (!reader.at_end()) {
    if (!reader.Take(',')) {  // recipients must bear empty list elements (RFC 9110, 5.6.1.2)
      std::optional<Range> range = reader.TakeRange();
      if (!range) return std::nullopt;
      parsed.ranges_.push_back(std::move(*range));
      if (!reader.at_end() && !reader.Take(',')) return std::nullopt;
    }
    reader.SkipSpace();
  }
  return parsed;
}

std::optional<int> MediaRanges::WeightOfRange(std::string_view name) const {
  const auto range =
      std::find_if(ranges_.begin(), ranges_.end(), [&](const Range& r) { return r.name == name; });
  return range == ranges_.end() ? std::nullopt : std::optional(range->weight);
}

int MediaRanges::WeightOfType(std::string_view type) const {
  const std::string all_of_kind = std::string(type.substr(0, type.find('/'))) + "/*";
  for (const std::string_view name :
       {type, std::string_view(all_of_kind), std::string_view("*/*")}) {
    if (const std::optional<int> weight = WeightOfRange(name)) return *weight;
  }
  return 0;
}

}  // namespace thimble
