#include "url/parameter.h"

#include <optional>
#include <vector>

#include "base/ascii.h"
#include "base/hex.h"
#include "base/near_match.h"

namespace thimble {
namespace {

constexpr std::size_t kMaxQuotedBytes = 40;

bool IsShownAsItIs(char c) {
  constexpr std::string_view kMeaningful = "\"'\\<>&%";
  return c > ' ' && c <= '~' && kMeaningful.find(c) == std::string_view::npos;
}

std::string WhyBad(const Parameter& parameter, std::string_view text) {
  const std::string name = Quoted(parameter.name);
  if (text.empty()) return name + " has no value; it takes " + ValuesOf(parameter) + '.';
  return "The value " + Quoted(text) + " of " + name + " is not " + ValuesOf(parameter) + '.' +
         SuggestionFor(text, parameter.words);
}

std::string WhyConflicting(const Parameter& parameter, std::string_view text) {
  return Quoted(parameter.name) + " with the value " + Quoted(text) +
         " contradicts what the URL says elsewhere of the " + std::string(parameter.sets) + '.';
}

}  // namespace

std::string ValuesOf(const Parameter& parameter) {
  if (parameter.words.empty()) return std::string(parameter.range);
  std::string text(parameter.words.front());
  for (std::size_t i = 1; i < parameter.words.size(); ++i) {
    text += i + 1 < parameter.words.size() ? ", " : " or ";
    text += parameter.words[i];
  }
  return text;
}

Status Ask(const Parameter& parameter, std::string_view text, Asked& asked) {
  Status status = parameter.ask(asked, text);
  if (status) return status;
  const bool conflicting = status.error().code == ErrorCode::kConflictingParameters;
  status.error().detail = conflicting ? WhyConflicting(parameter, text) : WhyBad(parameter, text);
  return status;
}

std::string SuggestionFor(std::string_view mistyped, std::span<const std::string_view> names) {
  const std::vector<std::string> candidates(names.begin(), names.end());
  const std::optional<std::string> nearest =
      NearestName(LowerAscii(mistyped.substr(0, kMaxQuotedBytes)), candidates);
  return nearest ? " Did you mean '" + *nearest + "'?" : std::string();
}

std::string Quoted(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text.substr(0, kMaxQuotedBytes)) {
    if (IsShownAsItIs(c)) {
      quoted += c;
    } else {
      AppendPercentEncoded(c, quoted);
    }
  }
  if (text.size() > kMaxQuotedBytes) quoted += "...";
  return quoted + '\'';
}

}  // namespace thimble
