#include "http/accept.h"

#include <gtest/gtest.h>

namespace thimble {
namespace {

TEST(FormatFromAccept, IsWebpWhereTheClientNamesIt) {
  for (const char* accept :
       {"image/webp", "IMAGE/WebP", " image/webp ", "image/webp;q=0.001", "image/webp;q=1.000",
        "image/webp;Q=0.5", "image/webp ; q=0.5",
        // browsers, for pictures and for pages
        "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8",
        "image/webp,image/png,image/svg+xml,image/*;q=0.8,video/*;q=0.8,*/*;q=0.5",
        "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8",
        // others that are no answer of ours do not count
        "text/html, image/avif, image/webp;q=0.9", "image/webp;q=0.5, image/jpeg;q=0.5",
        "image/jpeg;q=0.1, image/png;q=0.2, image/*, image/webp;q=0.3",
        // list elements may be empty, parameters quoted
        ",, image/webp ,,", "text/plain;a=\"x,\\\"y;q=0\";q=0.2, image/webp",
        "image/webp;v=\"1\""}) {
    EXPECT_EQ(FormatFromAccept(accept), ImageFormat::kWebp) << accept;
  }
}

TEST(FormatFromAccept, IsTheSourcesOwnWhereWebpIsNotNamedOrLiked) {
  for (const char* accept :
       {"", "*/*", "image/*", "image/png,image/*;q=0.8", "image/webp;q=0",
        "image/webp;q=0.000, */*", "image/webp;q=0.5, image/jpeg", "image/webp;q=0.5, image/png",
        "image/webp;q=0.8, image/*", "image/webp;q=0.8, */*;q=0.9", "image/webpx", "text/html"}) {
    EXPECT_EQ(FormatFromAccept(accept), std::nullopt) << accept;
  }
}

TEST(FormatFromAccept, IsTheSourcesOwnWhereTheHeaderDoesNotParse) {
  for (const char* accept : {"image/webp;",
                             "image/webp;q",
                             "image/webp;q=",
                             "image/webp;q=2",
                             "image/webp;q=1.001",
                             "image/webp;q=0.1234",
                             "image/webp;q=.5",
                             "image/webp;q=-1",
                             "image/webp;q=0,5",
                             "image/webp;q=\"1\"",
                             "image/webp image/png",
                             "image /webp",
                             "image/webp, *;q=0.2",
                             "image/webp, text",
                             "image/webp, a/",
                             "image/webp, /b",
                             "image/webp, a/b;c=\"d",
                             "image/webp, a/b;c=\"",
                             "image/webp, a/b;c=\"\\",
                             "image/webp, a/b;c=\"d\\\"",
                             "image/webp\x01",
                             "\xff",
                             ";",
                             "image/webp;;q=1",
                             "image/webp; =1"}) {
    EXPECT_EQ(FormatFromAccept(accept), std::nullopt) << accept;
  }
}

}  // namespace
}  // namespace thimble
