#include "url/query.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "url/text.h"

namespace thimble {
namespace {

constexpr std::array<std::string_view, 3> kFits = {"contain", "cover", "fill"};
constexpr std::array<std::string_view, 1> kAutos = {"format"};
constexpr std::array<std::string_view, 2> kSwitch = {"0", "1"};
constexpr std::string_view kRatio = "a number from 0.5 to 5 with at most four decimals";

constexpr std::array<Parameter, 13> kParameters = {{
    {"size", "width", {}, kWholeNumber, AskWidth},  // the original system's names
    {"quality", "quality", {}, kWholeNumber, AskQuality},
    {"width", "width", {}, kWholeNumber, AskWidth},
    {"w", "width", {}, kWholeNumber, AskWidth},
    {"height", "height", {}, kWholeNumber, AskHeight},
    {"h", "height", {}, kWholeNumber, AskHeight},
    {"dpr", "device pixel ratio", {}, kRatio, AskDpr},
    {"fit", "fit", kFits, {}, AskFit},
    {"enlarge", "enlarging", kSwitch, {}, AskEnlarge},
    {"q", "quality", {}, kWholeNumber, AskQuality},
    {"format", "format", kFormatNames, {}, AskFormat},
    {"fm", "format", kFormatNames, {}, AskFormat},
    {"auto", "automatic format", kAutos, {}, AskAuto},
}};

const Parameter* FindParameter(std::string_view name) {
  const auto* const found = std::find_if(kParameters.begin(), kParameters.end(),
                                         [&](const Parameter& p) { return p.name == name; });
  return found == kParameters.end() ? nullptr : found;
}

bool Matches(std::string_view name, std::string_view pattern) {
  if (!pattern.ends_with('*')) return name == pattern;
  pattern.remove_suffix(1);
  return name.starts_with(pattern);
}

bool IsListed(std::string_view name, std::span<const std::string> patterns) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const std::string& pattern) { return Matches(name, pattern); });
}

tl::unexpected<Error> Unknown(std::string_view name) {
  std::array<std::string_view, kParameters.size()> names;
  std::transform(kParameters.begin(), kParameters.end(), names.begin(),
                 [](const Parameter& p) { return p.name; });
  return Fail(ErrorCode::kUnknownParameter,
              "There is no parameter " + Quoted(name) + '.' + SuggestionFor(name, names));
}

Status AskByText(const Parameter& parameter, std::string_view raw_value, Asked& asked) {
  const std::optional<std::string> value = PercentDecoded(raw_value);
  if (!value) {
    return Fail(ErrorCode::kBadParameter, "The value " + Quoted(raw_value) + " of " +
                                              Quoted(parameter.name) + " has a broken escape.");
  }
  return Ask(parameter, *value, asked);
}

}  // namespace

std::span<const Parameter> QueryParameters() { return kParameters; }

bool IsQueryParameter(std::string_view name) { return FindParameter(name) != nullptr; }

Expected<std::string> ReadQuery(std::string_view query, const OtherNames& others, Asked& asked) {
  THIMBLE_TRY(const std::vector<QueryPair> pairs, QueryPairs(query));
  std::string version;
  for (const QueryPair& pair : pairs) {
    if (const Parameter* const parameter = FindParameter(pair.name)) {
      if (Status status = AskByText(*parameter, pair.raw_value, asked); !status) {
        return Forward(status);
      }
    } else if (IsListed(pair.name, others.version)) {
      version.append(pair.name).append("=").append(pair.raw_value).append("&");
    } else if (!IsListed(pair.name, others.ignored)) {
      return Unknown(pair.name);
    }
  }
  return version;
}

}  // namespace thimble
