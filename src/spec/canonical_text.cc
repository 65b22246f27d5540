#include "spec/canonical_text.h"

#include <array>
#include <charconv>
#include <utility>

namespace thimble {
namespace {

constexpr std::array<std::pair<AcceptClass, std::string_view>, 2> kAutoFormats = {{
    {AcceptClass::kNone, "auto-none"},
    {AcceptClass::kWebp, "auto-webp"},
}};

std::string_view NameOf(AcceptClass accepted) {
  for (const auto& [value, name] : kAutoFormats) {
    if (value == accepted) return name;
  }
  return {};
}

void AppendWord(std::string& text, std::string_view word) {
  if (!text.empty()) text += '_';
  text += word;
}

void AppendNumber(std::string& text, char letter, std::int32_t number) {
  if (!text.empty()) text += '_';
  text += letter;
  text += std::to_string(number);
}

// The words of a text from its first on. A reader takes what it knows; what is left, stands at the
// wrong place or is written in another way shows when the result is written again.
class Words {
 public:
  explicit Words(std::string_view text) : rest_(text) {}

  bool Take(std::string_view word) {
    if (front() != word) return false;
    Skip();
    return true;
  }

  void TakeNumber(char letter, std::int32_t& number) {
    const std::string_view word = front();
    if (word.empty() || word.front() != letter) return;
    const char* const end = word.data() + word.size();
    const auto [stop, error] = std::from_chars(word.data() + 1, end, number);
    if (error == std::errc() && stop == end) Skip();
  }

 private:
  std::string_view front() const { return rest_.substr(0, rest_.find('_')); }
  void Skip() {
    const std::size_t end = rest_.find('_');
    rest_ = end == std::string_view::npos ? std::string_view() : rest_.substr(end + 1);
  }

  std::string_view rest_;
};

void TakeFormat(Words& words, TransformSpec& spec) {
  for (const auto& [accepted, name] : kAutoFormats) {
    if (words.Take(name)) spec.auto_format = accepted;
  }
  for (const ImageFormat format : {ImageFormat::kJpeg, ImageFormat::kPng, ImageFormat::kWebp}) {
    if (words.Take(NameOf(format))) spec.format = format;
  }
}

}  // namespace

std::string CanonicalText(const TransformSpec& spec) {
  const TransformSpec canonical = Canonical(spec);
  std::string text;
  if (canonical.width > 0) AppendNumber(text, 'w', canonical.width);
  if (canonical.height > 0) AppendNumber(text, 'h', canonical.height);
  if (canonical.fit != Fit::kContain) AppendWord(text, NameOf(canonical.fit));
  if (canonical.enlarge) AppendWord(text, "enlarge");
  AppendNumber(text, 'q', canonical.quality.value);
  if (canonical.format) AppendWord(text, NameOf(*canonical.format));
  if (canonical.auto_format) AppendWord(text, NameOf(*canonical.auto_format));
  return text;
}

Expected<TransformSpec> ParseCanonicalText(std::string_view text) {
  TransformSpec spec;
  spec.quality.value = 0;
  Words words(text.substr(0, kMaxSpecText));
  words.TakeNumber('w', spec.width);
  words.TakeNumber('h', spec.height);
  for (const Fit fit : {Fit::kCover, Fit::kFill}) {
    if (words.Take(NameOf(fit))) spec.fit = fit;
  }
  spec.enlarge = words.Take("enlarge");
  words.TakeNumber('q', spec.quality.value);
  TakeFormat(words, spec);
  // A text that leaves anything out, adds to it or says it otherwise is not the one text.
  if (!IsValid(spec) || CanonicalText(spec) != text) {
    return Fail(ErrorCode::kBadParameter,
                "This is not a variant's canonical text, such as w300_h200_cover_q80_webp.");
  }
  return spec;
}

}  // namespace thimble
