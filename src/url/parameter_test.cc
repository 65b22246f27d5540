#include "url/parameter.h"

#include <gtest/gtest.h>

#include <string>

#include "url/query.h"

namespace thimble {
namespace {

std::string Refusal(std::string_view query) {
  Asked asked;
  const auto read = ReadQuery(query, {}, asked);
  return read ? "(none)" : read.error().detail;
}

TEST(RefusalOfAParameter, NamesItsValueAndWhatIsTaken) {
  EXPECT_EQ(Refusal("size=300px"),
            "The value '300px' of 'size' is not a whole number from 1 to 999999999.");
  EXPECT_EQ(Refusal("dpr=7"),
            "The value '7' of 'dpr' is not a number from 0.5 to 5 with at most four decimals.");
  EXPECT_EQ(Refusal("enlarge=yes"), "The value 'yes' of 'enlarge' is not 0 or 1.");
  EXPECT_EQ(Refusal("w="), "'w' has no value; it takes a whole number from 1 to 999999999.");
  EXPECT_EQ(Refusal("w"), "'w' has no value; it takes a whole number from 1 to 999999999.");
  EXPECT_EQ(Refusal("w=%zz"), "The value '%25zz' of 'w' has a broken escape.");
}

TEST(RefusalOfAParameter, SaysWhatWasProbablyMeant) {
  EXPECT_EQ(Refusal("widht=300"), "There is no parameter 'widht'. Did you mean 'width'?");
  EXPECT_EQ(Refusal("W=300"), "There is no parameter 'W'. Did you mean 'w'?");
  EXPECT_EQ(Refusal("blur=3"), "There is no parameter 'blur'.");
  EXPECT_EQ(Refusal("fit=Cover"),
            "The value 'Cover' of 'fit' is not contain, cover or fill. "
            "Did you mean 'cover'?");
  EXPECT_EQ(Refusal("fm=wepb"),
            "The value 'wepb' of 'fm' is not jpeg, jpg, png or webp. "
            "Did you mean 'webp'?");
}

TEST(RefusalOfAParameter, NamesTheOneThatContradicts) {
  EXPECT_EQ(Refusal("size=300&w=200"),
            "'w' with the value '200' contradicts what the URL says elsewhere of the width.");
}

TEST(Quoted, IsShortAndHarmless) {
  EXPECT_EQ(Quoted("a<b>\"'\\&%\n\x7f\xea"), "'a%3Cb%3E%22%27%5C%26%25%0A%7F%EA'");
  EXPECT_EQ(Quoted(std::string(41, 'a')), "'" + std::string(40, 'a') + "...'");
}

TEST(QueryParameters, TakeTheirWordsAndTheEndsOfTheirRange) {
  for (const Parameter& parameter : QueryParameters()) {
    for (const std::string_view word : parameter.words) {
      Asked asked;
      EXPECT_TRUE(Ask(parameter, word, asked)) << parameter.name << "=" << word;
    }
    if (parameter.range != kWholeNumber) continue;
    for (const auto& [text, taken] : {std::pair("1", true), std::pair("999999999", true),
                                      std::pair("0", false), std::pair("1000000000", false)}) {
      Asked asked;
      EXPECT_EQ(Ask(parameter, text, asked).has_value(), taken) << parameter.name << "=" << text;
    }
  }
}

}  // namespace
}  // namespace thimble
