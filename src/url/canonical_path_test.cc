#include "url/canonical_path.h"

#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <string>
#include <vector>

#include "base/hex.h"
#include "spec/canonical_text.h"
#include "url/request_url.h"

namespace thimble {
namespace {

struct Example {
  SourceRef source;
  std::string text;
  std::string path;
};

// "\x5c" is one byte.
std::string Unescaped(const std::string& text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.compare(i, 2, "\\x") == 0) {
      plain += static_cast<char>(*HexDigitValue(text[i + 2]) * 16 + *HexDigitValue(text[i + 3]));
      i += 3;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

std::vector<Example> Examples() {
  std::ifstream file(THIMBLE_CANONICAL_PATHS);
  std::vector<Example> examples;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.front() == '#') continue;
    std::array<std::string, 4> fields;
    std::size_t begin = 0;
    for (std::string& field : fields) {
      const std::size_t end = line.find('\t', begin);
      field = line.substr(begin, end - begin);
      begin = end + 1;
    }
    examples.push_back({{fields[0], {Unescaped(fields[1])}}, fields[2], fields[3]});
  }
  return examples;
}

UrlPolicy PolicyOf(const SourceRef& source) {
  UrlPolicy policy;
  policy.origin = source.origin;
  return policy;
}

TEST(CanonicalPath, StaysWhatItIsAndIsAUrlOfTheSameVariant) {
  const std::vector<Example> examples = Examples();
  ASSERT_GE(examples.size(), 13u);
  for (const Example& example : examples) {
    EXPECT_EQ(CanonicalPath(example.source, example.text), example.path);
    const auto request = ParseResizeRequest(example.path, "image/webp", PolicyOf(example.source));
    ASSERT_TRUE(request) << example.path << ": " << request.error().detail;
    EXPECT_EQ(request->source, example.source);
    EXPECT_EQ(CanonicalText(request->spec), example.text);
    EXPECT_FALSE(request->varies_by_accept);
  }
}

TEST(CanonicalPath, OfALongKeyHoldsItsHash) {
  const std::string longest(700, 'a');
  EXPECT_EQ(CanonicalPath({.key = {longest}}, "w1_q1"), "/-/p/default/" + longest + "/-/w1_q1");
  // What is measured is the escaped key: 234 spaces are 702 bytes.
  EXPECT_EQ(CanonicalPath({.key = {std::string(234, ' ')}}, "w1_q1").size(),
            std::string_view("/-/p/default/~/-/w1_q1").size() + 64);
  const std::string path = CanonicalPath({.key = {longest + "a"}}, "w1_q1");
  EXPECT_EQ(
      path,
      "/-/p/default/~b4bcb38e95bca2f8ea924fabf4f5ca67cbe8c1b4361b3a659e837df368a23abc/-/w1_q1");
  const auto request = ParseResizeRequest(path, "", {});
  ASSERT_FALSE(request);
  EXPECT_EQ(request.error().code, ErrorCode::kOriginalNotFound);
}

TEST(CanonicalPath, DiffersForDifferentVariants) {
  EXPECT_NE(CanonicalPath({.key = {"a/-/w1_q1"}}, "w2_q2"), CanonicalPath({.key = {"a"}}, "w1_q1"));
  EXPECT_NE(CanonicalPath({"a", {"b/c"}}, "w1_q1"), CanonicalPath({"a-b", {"c"}}, "w1_q1"));
}

TEST(CanonicalPath, IsReadAlsoWhereItsEscapesWereNormalised) {
  const auto request = ParseResizeRequest("/-/p/default/-/a/-/~b/-/w300_q80", "", {});
  ASSERT_TRUE(request);
  EXPECT_EQ(request->source.key.bytes, "-/a/-/~b");
  EXPECT_TRUE(ParseResizeRequest("/%2D/%70/default/a.jpg/%2d/w300%5Fq80", "", {}));
}

ErrorCode CodeOf(std::string_view target, const UrlPolicy& policy = {}) {
  const auto request = ParseResizeRequest(target, "", policy);
  return request ? ErrorCode::kInternal : request.error().code;
}

TEST(CanonicalPath, IsTakenOnlyWhole) {
  for (const char* path :
       {"/-/p/", "/-/p/default", "/-/p/default/", "/-/p/default/a.jpg",
        "/-/p/default/a.jpg/w300_q80", "/-/p/default/-/w300_q80", "/-/p/default//-/w300_q80",
        "/-/p/other/a.jpg/-/w300_q80", "/-/p/default/../a.jpg/-/w300_q80"}) {
    EXPECT_EQ(CodeOf(path), ErrorCode::kBadPath) << path;
  }
  for (const char* text : {"", "w300", "w0300_q80", "w300_h0_q80", "w300_q80_source"}) {
    EXPECT_EQ(CodeOf(std::string("/-/p/default/a.jpg/-/") + text), ErrorCode::kBadParameter)
        << text;
  }
}

TEST(CanonicalPath, TakesNothingFromTheQueryButAVersion) {
  const std::string path = "/-/p/default/a.jpg/-/w300_q80";
  EXPECT_EQ(CodeOf(path + "?w=300"), ErrorCode::kConflictingParameters);
  EXPECT_EQ(CodeOf(path + "?auto=format"), ErrorCode::kConflictingParameters);
  EXPECT_EQ(CodeOf(path + "?x=1"), ErrorCode::kUnknownParameter);
  const auto request = ParseResizeRequest(path + "?v=2&utm_source=x", "", {});
  ASSERT_TRUE(request);
  EXPECT_EQ(request->version, "v=2&");
}

TEST(CanonicalPath, IsRefusedWhereTheOperatorDoesNotAllowTheVariant) {
  UrlPolicy policy;
  policy.allowed_sizes = {100, 300};
  policy.allowed_qualities = {80};
  EXPECT_TRUE(ParseResizeRequest("/-/p/default/a/-/w300_h100_q80", "", policy));
  EXPECT_EQ(CodeOf("/-/p/default/a/-/w301_q80", policy), ErrorCode::kVariantNotAllowed);
  EXPECT_EQ(CodeOf("/-/p/default/a/-/h99_q80", policy), ErrorCode::kVariantNotAllowed);
  EXPECT_EQ(CodeOf("/-/p/default/a/-/w300_q79", policy), ErrorCode::kVariantNotAllowed);
  EXPECT_EQ(CodeOf("/-/p/default/a/-/w9000_q80"), ErrorCode::kVariantNotAllowed);
}

TEST(OwnPaths, AreNoKeys) {
  for (const char* path :
       {"/-/", "/-/a.jpg", "/-/playground", "/%2D/a.jpg", "/-/q/default/a/-/w1_q1"}) {
    EXPECT_EQ(CodeOf(path), ErrorCode::kBadPath) << path;
  }
  EXPECT_EQ(ParseResizeRequest("/resize/-/a.jpg", "", {})->source.key.bytes, "-/a.jpg");
  EXPECT_EQ(ParseResizeRequest("/-", "", {})->source.key.bytes, "-");
  EXPECT_EQ(ParseResizeRequest("/-a/b", "", {})->source.key.bytes, "-a/b");
}

}  // namespace
}  // namespace thimble
