// Paths that attackers, broken clients and odd but honest keys bring: each is refused or names
// exactly the key that is written beside it, in both dialects.
#include <gtest/gtest.h>

#include <string>

#include "url/request_url.h"

namespace thimble {
namespace {

std::string KeyOrSlug(const std::string& target) {
  const auto request = ParseResizeRequest(target, "", UrlPolicy{});
  if (!request) return std::string("error:") + std::string(SlugOf(request.error().code));
  return request->source.key.bytes;
}

TEST(HostilePath, IsRefusedInBothDialects) {
  for (const std::string path :
       {// nothing
        "",
        // dot segments, plain and encoded
        ".", "..", "../etc/passwd", "a/../b.jpg", "a/./b.jpg", "a/..", "a/.", "%2e", "%2e%2e",
        "%2E%2E/etc/passwd", ".%2e/etc", "%2e./etc", "a/%2e%2e/b", "a/%2e/b",
        // encoded slashes around them
        "..%2fetc", "..%2Fetc%2fpasswd", "a%2f..%2fb", "a%2F%2e%2e%2Fb", "a%2f.", "%2e%2e%2f",
        "a%2f./b", "/..", "a//../b", "a/..//b",
        // backslashes beside them
        "..\\etc", "..%5cetc", "..%5Cetc", "a%5c..", "a%5c.%5cb", "a\\..\\b", "a%2f..%5cb",
        // NUL and other control characters, plain and encoded
        "a%00.jpg", "%00", "a.jpg%00.png", "a%0d%0aX-Evil:%201", "a%0ab", "a%09b", "a%1fb", "a%7f",
        "a\tb", "a\rb", "a\nb", "a\x7f", "a\x01",
        // bytes that must be encoded
        "a b.jpg", "a.jpg#fragment", " a", "a ",
        // broken escapes
        "%", "a%", "a%2", "a%zz", "a%2g", "a%g2", "%%", "%%20", "a% 0", "%u0041", "%-1", "%+1",
        "%2%65",
        // broken UTF-8: overlong, surrogates, lone and missing continuations, above U+10FFFF
        "%c0%ae%c0%ae/etc", "%c0%af", "%e0%80%af", "%f0%80%80%af", "%ed%a0%80", "%ed%bf%bf", "%80",
        "%ff", "%fe", "a%c3", "%e3%81", "%f4%90%80%80", "\xc0\xae", "\xff", "a\xe3\x81",
        "\xc3/\xa9", "%c3/%a9"}) {
    EXPECT_EQ(KeyOrSlug("/" + path), "error:bad_path") << path;
    EXPECT_EQ(KeyOrSlug("/resize/" + path), "error:bad_path") << path;
  }
}

TEST(HostilePath, ThatIsNoAbsolutePathIsRefused) {
  for (const char* target : {"", "*", "a.jpg", "http://host/a.jpg", "https://host/a.jpg", "?w=1",
                             "%2fa.jpg", "..", "\\a.jpg", "#", " /a.jpg"}) {
    EXPECT_EQ(KeyOrSlug(target), "error:bad_path") << target;
  }
}

TEST(HostilePath, WithEmptySegmentsNamesAKeyWithEmptySegments) {
  const struct {
    const char* path;
    const char* key;
  } cases[] = {
      {"/", "/"},
      {"//", "//"},
      {"a//b.jpg", "a//b.jpg"},
      {"/a.jpg", "/a.jpg"},
      {"a/", "a/"},
      {"a//", "a//"},
      {"a%2f", "a/"},
      {"%2fa", "/a"},
      {"%2f", "/"},
      {"a%2f%2fb", "a//b"},
      {"a%2f/b", "a//b"},
      {"a/%2fb", "a//b"},
      {"a\\b", "a\\b"},
      {"a%5cb", "a\\b"},
      {"%5c", "\\"},
      {"a%5C%5Cb/", "a\\\\b/"},
  };
  for (const auto& [path, key] : cases) {
    EXPECT_EQ(KeyOrSlug(std::string("/") + path), key) << path;
    EXPECT_EQ(KeyOrSlug(std::string("/resize/") + path), key) << path;
    EXPECT_EQ(KeyOrSlug(std::string("/") + path + "/melon/resize/300"), key) << path;
  }
}

TEST(HostilePath, ThatOnlyLooksSoNamesExactlyItsKey) {
  const struct {
    const char* path;
    const char* key;
  } cases[] = {
      // decoded once, never twice
      {"a%252e%252e", "a%2e%2e"},
      {"%252e%252e/a", "%2e%2e/a"},
      {"%252fetc", "%2fetc"},
      {"100%25.jpg", "100%.jpg"},
      {"%2500", "%00"},
      // dots that are no dot segments
      {"...", "..."},
      {"..a", "..a"},
      {"a..", "a.."},
      {".hidden", ".hidden"},
      {"a/...%2fb", "a/.../b"},
      // characters that other systems fold into dots and slashes
      {"\xe2\x80\xa4\xe2\x80\xa4/a", "\xe2\x80\xa4\xe2\x80\xa4/a"},  // U+2024
      {"%ef%bc%8e%ef%bc%8e/a", "\xef\xbc\x8e\xef\xbc\x8e/a"},        // U+FF0E
      {"%ef%bc%8fetc",
       "\xef\xbc\x8f"
       "etc"},                        // U+FF0F
      {"%e2%88%95", "\xe2\x88\x95"},  // U+2215
      // the two spellings of one letter are two keys
      {"%c3%a9", "\xc3\xa9"},
      {"e%cc%81", "e\xcc\x81"},
      {"\xc3\xa9", "\xc3\xa9"},
      // what keys of real buckets hold
      {"a+b=c(d),e;f:g@h!i$j&k'l*m~n.jpg", "a+b=c(d),e;f:g@h!i$j&k'l*m~n.jpg"},
      {"a%2Bb", "a+b"},
      {"a%20b", "a b"},
      {"a%23b%3Fc", "a#b?c"},
      {"a%3fversionId%3d1", "a?versionId=1"},
      {"svc/images/main/a.jpg", "svc/images/main/a.jpg"},
      {"svc%2Fimages%2Fa.jpg", "svc/images/a.jpg"},
      {"%EC%95%84%EC%9D%B4%EC%9C%A0.jpg", "\xec\x95\x84\xec\x9d\xb4\xec\x9c\xa0.jpg"},
      {"\xec\x95\x84\xec\x9d\xb4\xec\x9c\xa0.jpg", "\xec\x95\x84\xec\x9d\xb4\xec\x9c\xa0.jpg"},
      {"%c2%85", "\xc2\x85"},  // a C1 control: mojibake keys are full of them
      {"[\"<>^`{|}", "[\"<>^`{|}"},
  };
  for (const auto& [path, key] : cases) {
    EXPECT_EQ(KeyOrSlug(std::string("/") + path), key) << path;
    EXPECT_EQ(KeyOrSlug(std::string("/resize/") + path), key) << path;
    EXPECT_EQ(KeyOrSlug(std::string("/") + path + "/melon/resize/300"), key) << path;
  }
}

}  // namespace
}  // namespace thimble
