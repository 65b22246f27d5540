// One thing that a URL can say, in its query or as a part of its path: what it is called, which
// values it takes and where they go. The tables of these (query.cc, parts_dialect.cc) are the
// reference that docs/http-api.md is compared with, and what refusals are worded from.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "url/asked.h"

namespace thimble {

struct Parameter {
  std::string_view name;
  std::string_view sets;  // what it decides: names with the same word mean one thing
  // Exactly one of these is there: all the values it takes, or a description of them.
  std::span<const std::string_view> words;
  std::string_view range;
  Status (*ask)(Asked& asked, std::string_view text);
};

inline constexpr std::array<std::string_view, 4> kFormatNames = {"jpeg", "jpg", "png", "webp"};
inline constexpr std::string_view kWholeNumber = "a whole number from 1 to 999999999";

// What it takes, as a phrase: "contain, cover or fill", "a whole number from 1 to 999999999".
std::string ValuesOf(const Parameter& parameter);

// Puts `text` where the parameter says. Errors: kBadParameter, kConflictingParameters; the detail
// names the parameter, the value and, where one is near, the value that was probably meant. It
// holds nothing but what the client sent and is fit to be shown to it.
Status Ask(const Parameter& parameter, std::string_view text, Asked& asked);

// The name in `names` that was probably meant by `mistyped`, as "Did you mean 'width'?" with a
// space before it; empty where none is near. Letter case counts for nothing here.
std::string SuggestionFor(std::string_view mistyped, std::span<const std::string_view> names);

// `text` between single quotes, short and harmless: bytes other than printable ASCII, and those
// that mean something to HTML or JSON, are percent-encoded.
std::string Quoted(std::string_view text);

}  // namespace thimble
