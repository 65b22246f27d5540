#include "url/request_url.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "spec/canonical_text.h"

namespace thimble {
namespace {

const UrlPolicy kDefaults;

// "key | canonical spec", or "error:" and the code's slug.
std::string Reading(std::string_view target, const UrlPolicy& policy = kDefaults,
                    std::string_view accept = "") {
  const auto request = ParseResizeRequest(target, accept, policy);
  if (!request) return "error:" + std::string(SlugOf(request.error().code));
  return request->source.key.bytes + " | " + CanonicalText(request->spec);
}

TEST(ResizeDialect, IsTheOriginalSystems) {
  EXPECT_EQ(ParseResizeRequest("/resize/a/b.jpg?size=300", "", kDefaults)->source.key.bytes,
            "a/b.jpg");
  EXPECT_EQ(Reading("/resize/svc/images/a.jpg?size=300&quality=80"), "svc/images/a.jpg | w300_q80");
}

TEST(ResizeDialect, HasTheOriginalSystemsDefaults) {
  EXPECT_EQ(Reading("/resize/a.jpg"), "a.jpg | w1280_q100");
  EXPECT_EQ(Reading("/resize/a.jpg?"), "a.jpg | w1280_q100");
  EXPECT_EQ(Reading("/resize/a.jpg?quality=101"), "a.jpg | w1280_q100");
  EXPECT_EQ(Reading("/resize/a.jpg?quality=999999999"), "a.jpg | w1280_q100");
}

TEST(ResizeDialect, TakesWhatLooksLikePartsAsTheKey) {
  EXPECT_EQ(Reading("/resize/a.jpg/melon/resize/100/quality/80"),
            "a.jpg/melon/resize/100/quality/80 | w1280_q100");
  EXPECT_EQ(Reading("/resize/300"), "300 | w1280_q100");
  EXPECT_EQ(Reading("/resize/resize/a.jpg"), "resize/a.jpg | w1280_q100");
  EXPECT_EQ(Reading("/%72esize/a.jpg"), "a.jpg | w1280_q100");
}

TEST(ResizeDialect, NeedsItsSlash) {
  EXPECT_EQ(Reading("/resize"), "resize | w1280_q100");
  EXPECT_EQ(Reading("/resize/"), "error:bad_path");
  EXPECT_EQ(Reading("/resized/a.jpg"), "resized/a.jpg | w1280_q100");
}

TEST(PartsDialect, IsTheMusicPortals) {
  EXPECT_EQ(Reading("/svc/images/main/a.jpg/melon/resize/100/quality/80"),
            "svc/images/main/a.jpg | w100_q80");
}

TEST(PartsDialect, TakesItsPartsInAnyOrderAndNumber) {
  const std::string expected = "a.jpg | w300_h200_q80_webp";
  EXPECT_EQ(Reading("/a.jpg/resize/300x200/quality/80/format/webp"), expected);
  EXPECT_EQ(Reading("/a.jpg/format/webp/resize/300x200/quality/80"), expected);
  EXPECT_EQ(Reading("/a.jpg/melon/quality/80/format/webp/resize/300x200"), expected);
  EXPECT_EQ(Reading("/a.jpg/format/webp?w=300&h=200&q=80"), expected);
  EXPECT_EQ(Reading("/a.jpg/quality/80"), "a.jpg | w1280_q80");
  EXPECT_EQ(Reading("/a.jpg"), "a.jpg | w1280_q100");
}

TEST(PartsDialect, PassesOverALabelBehindTheKey) {
  EXPECT_EQ(Reading("/a.jpg/melon"), "a.jpg | w1280_q100");
  EXPECT_EQ(Reading("/a.jpg/melon?w=100"), "a.jpg | w100_q100");
  EXPECT_EQ(Reading("/melon"), "melon | w1280_q100");
  EXPECT_EQ(Reading("/a.jpg%2Fmelon"), "a.jpg/melon | w1280_q100");
  EXPECT_EQ(Reading("/melon/resize/100"), "melon | w100_q100");
  EXPECT_EQ(Reading("/a.jpg/melon/melon/resize/100"), "a.jpg/melon | w100_q100");
  EXPECT_EQ(Reading("/a.jpg/lemon/resize/100"), "a.jpg/lemon | w100_q100");
  UrlPolicy other_labels;
  other_labels.labels = {"bugs", "genie"};
  EXPECT_EQ(Reading("/a.jpg/genie/resize/100", other_labels), "a.jpg | w100_q100");
  EXPECT_EQ(Reading("/a.jpg/melon/resize/100", other_labels), "a.jpg/melon | w100_q100");
}

TEST(PartsDialect, NeverTakesAPartsNameForAPieceOfTheKey) {
  for (const char* target :
       {"/a.jpg/resize/big", "/a.jpg/resize/0", "/a.jpg/resize/-1", "/a.jpg/resize/300x",
        "/a.jpg/resize/x300", "/a.jpg/resize/300x200x100", "/a.jpg/resize/300X200",
        "/a.jpg/resize/0x0", "/a.jpg/quality/0", "/a.jpg/quality/high", "/a.jpg/format/gif",
        "/a.jpg/format/WEBP", "/a/quality/b.jpg", "/a/format/b.jpg", "/quality/a.jpg",
        "/a.jpg/resize/1%2F0", "/a.jpg/resize/ok/quality/80"}) {
    EXPECT_EQ(Reading(target), "error:bad_parameter") << target;
  }
}

TEST(PartsDialect, NeedsAKey) {
  EXPECT_EQ(Reading("/quality/80"), "error:bad_path");
  EXPECT_EQ(Reading("/quality/80/resize/100"), "error:bad_path");
  EXPECT_EQ(Reading("/format/webp/quality/80"), "error:bad_path");
}

TEST(PartsDialect, IsEscapedByAnEncodedSlash) {
  EXPECT_EQ(Reading("/a%2Fquality%2Fb.jpg"), "a/quality/b.jpg | w1280_q100");
  EXPECT_EQ(Reading("/a%2Fquality/80"), "a/quality/80 | w1280_q100");
}

TEST(QueryParameter, ReachesItsFieldOfTheSpec) {
  EXPECT_EQ(Reading("/a?w=300"), "a | w300_q100");
  EXPECT_EQ(Reading("/a?h=200"), "a | h200_q100");
  EXPECT_EQ(Reading("/a?w=300&h=200&fit=cover"), "a | w300_h200_cover_q100");
  EXPECT_EQ(Reading("/a?w=300&h=200&fit=fill"), "a | w300_h200_fill_q100");
  EXPECT_EQ(Reading("/a?q=1"), "a | w1280_q1");
  EXPECT_EQ(Reading("/a?fm=jpg"), "a | w1280_q100_jpeg");
  EXPECT_EQ(Reading("/a?fm=jpeg"), "a | w1280_q100_jpeg");
  EXPECT_EQ(Reading("/a?fm=png"), "a | w1280_q100_png");
  EXPECT_EQ(Reading("/a?width=300&height=200&format=webp"), "a | w300_h200_q100_webp");
  EXPECT_EQ(Reading("/a?enlarge=1"), "a | w1280_enlarge_q100");
  EXPECT_EQ(Reading("/a?enlarge=0"), "a | w1280_q100");
  EXPECT_EQ(Reading("/a?%77=%33%30%30"), "a | w300_q100");
  EXPECT_EQ(Reading("/a?w=000300"), "a | w300_q100");
}

TEST(QueryParameter, ThatNobodyKnowsIsAnError) {
  for (const char* query : {"Width=300", "W=300", "Size=1", "x=1", "x", "utm=a", "w[]=1", "w%20=1",
                            "vv=1&w=300", "w=300&V=1", "%FF=1", "fbclid2=1"}) {
    EXPECT_EQ(Reading(std::string("/a?") + query), "error:unknown_parameter") << query;
  }
}

TEST(QueryParameter, WithABadValueIsAnError) {
  for (const std::string name : {"size", "w", "h", "q", "quality"}) {
    for (const char* value : {"0",    "-1",   "+1",   "%2B1", "1.5",        "1e3",
                              "NaN",  "nan",  "inf",  "0x10", "1000000000", "99999999999999999999",
                              "%201", "1%20", "1%00", "abc",  "1,000",      "\xd9\xa1",
                              "000",  "300px"}) {
      EXPECT_EQ(Reading("/a?" + name + "=" + value), "error:bad_parameter") << name << "=" << value;
    }
  }
  for (const char* query : {"fit=crop", "fit=Cover", "fit=", "fm=gif", "fm=JPEG", "fm=image/webp",
                            "auto=compress", "auto=format,compress", "enlarge=2", "enlarge=true",
                            "enlarge=01", "w", "w=", "=1", "w=%", "w=%4", "w=1%zz"}) {
    EXPECT_EQ(Reading(std::string("/a?") + query), "error:bad_parameter") << query;
  }
}

TEST(QueryParameter, ThatIsEmptyMeansNothing) {
  for (const char* query : {"w=300&", "&w=300", "&&w=300&&", "w=300&w=300&"}) {
    EXPECT_EQ(Reading(std::string("/a?") + query), "a | w300_q100") << query;
  }
  EXPECT_EQ(Reading("/a?&"), "a | w1280_q100");
}

TEST(QueryParameter, ThatIsIgnoredMayBeAnything) {
  for (const char* query : {"utm_source=mail&w=300", "w=300&utm_=", "w=300&fbclid",
                            "gclid=%zz&w=300", "w=300&utm_a=1&utm_a=2"}) {
    const auto request = ParseResizeRequest(std::string("/a?") + query, "", kDefaults);
    ASSERT_TRUE(request) << query;
    EXPECT_EQ(CanonicalText(request->spec), "w300_q100") << query;
    EXPECT_EQ(request->version, "") << query;
  }
  UrlPolicy policy;
  policy.ignored_parameters = {"w", "session*"};
  EXPECT_EQ(Reading("/a?session_id=7&w=300", policy), "a | w300_q100");
  EXPECT_EQ(Reading("/a?utm_source=x", policy), "error:unknown_parameter");
}

TEST(VersionParameter, ChangesNothingButTheVersion) {
  const auto plain = ParseResizeRequest("/a?w=300", "", kDefaults);
  std::set<std::string> versions = {plain->version};
  for (const char* query : {"v=1&w=300", "w=300&v=2", "t=1&w=300", "_=1&w=300", "ver=1&w=300",
                            "timestamp=1&w=300", "w=300&v", "w=300&v=%zz", "v=1&t=1&w=300"}) {
    const auto request = ParseResizeRequest(std::string("/a?") + query, "", kDefaults);
    ASSERT_TRUE(request) << query;
    EXPECT_EQ(request->spec, plain->spec) << query;
    EXPECT_EQ(request->source.key, plain->source.key) << query;
    EXPECT_TRUE(versions.insert(request->version).second) << query;
  }
  UrlPolicy none;
  none.version_parameters.clear();
  EXPECT_EQ(Reading("/a?v=1", none), "error:unknown_parameter");
}

TEST(QueryParameter, SaidTwiceMustSayTheSame) {
  for (const char* target : {"/a?w=300&w=300", "/a?size=300&w=300", "/a/resize/300?w=300&size=0300",
                             "/a/resize/300/resize/300"}) {
    EXPECT_EQ(Reading(target), "a | w300_q100") << target;
  }
  EXPECT_EQ(Reading("/a/format/jpg?fm=jpeg"), "a | w1280_q100_jpeg");
  EXPECT_EQ(Reading("/a?quality=200&q=100"), "a | w1280_q100");
  EXPECT_EQ(Reading("/a?w=10&dpr=2&dpr=2.0"), "a | w20_q100");
  for (const char* target : {"/a?w=300&w=301", "/a?size=300&w=301", "/a/resize/300?w=301",
                             "/a/resize/300x200?h=201", "/a/resize/300/resize/301",
                             "/a?q=80&quality=81", "/a/quality/80?q=81", "/a/format/png?fm=webp",
                             "/a?fit=cover&fit=fill", "/a?enlarge=0&enlarge=1", "/a?dpr=1&dpr=2"}) {
    EXPECT_EQ(Reading(target), "error:conflicting_parameters") << target;
  }
}

TEST(QueryParameter, CompletesAPart) {
  EXPECT_EQ(Reading("/a/resize/300?h=200"), "a | w300_h200_q100");
}

TEST(DevicePixelRatio, MultipliesTheBoxAndRounds) {
  EXPECT_EQ(Reading("/a?w=300&dpr=2"), "a | w600_q100");
  EXPECT_EQ(Reading("/a?w=301&h=101&dpr=1.5"), "a | w452_h152_q100");
  EXPECT_EQ(Reading("/a?h=100&dpr=0.5"), "a | h50_q100");
  EXPECT_EQ(Reading("/a?w=1&h=1&dpr=0.5"), "a | w1_h1_q100");
  EXPECT_EQ(Reading("/a?w=10000&dpr=0.5001"), "a | w5001_q100");
  EXPECT_EQ(Reading("/a?dpr=2"), "a | w2560_q100");
  EXPECT_EQ(Reading("/a?dpr=5&w=10"), "a | w50_q100");
}

TEST(DevicePixelRatio, OutOfRangeOrNoDecimalIsAnError) {
  for (const char* dpr : {"0", "0.4999", "5.0001", "6", "1e6", "1000000", "999999999", "-1", "NaN",
                          ".5", "1.", "1.00000", "1,5", "1.5.5", "+1", "1.-5", "."}) {
    EXPECT_EQ(Reading(std::string("/a?w=100&dpr=") + dpr), "error:bad_parameter") << dpr;
  }
}

TEST(Fit, MeansNothingWithOneSide) {
  EXPECT_EQ(Reading("/a?w=300&fit=cover"), Reading("/a?w=300"));
  EXPECT_EQ(Reading("/a?h=300&fit=fill"), Reading("/a?h=300"));
  EXPECT_EQ(Reading("/a?fit=cover"), Reading("/a"));
}

TEST(AutoFormat, FollowsTheAcceptHeaderAndSaysSo) {
  const auto webp = ParseResizeRequest("/a?auto=format", "image/webp,*/*", kDefaults);
  EXPECT_EQ(webp->spec.auto_format, AcceptClass::kWebp);
  EXPECT_TRUE(webp->varies_by_accept);
  const auto own = ParseResizeRequest("/a?auto=format", "*/*", kDefaults);
  EXPECT_EQ(own->spec.auto_format, AcceptClass::kNone);
  EXPECT_TRUE(own->varies_by_accept);
  EXPECT_EQ(Reading("/a?auto=format", kDefaults, "image/webp"), "a | w1280_q100_auto-webp");
  EXPECT_EQ(Reading("/a?auto=format"), "a | w1280_q100_auto-none");
}

TEST(AutoFormat, GivesWayToAnAskedFormat) {
  for (const char* target : {"/a?auto=format&fm=png", "/a/format/png?auto=format"}) {
    const auto request = ParseResizeRequest(target, "image/webp", kDefaults);
    EXPECT_EQ(request->spec.format, ImageFormat::kPng) << target;
    EXPECT_EQ(request->spec.auto_format, std::nullopt) << target;
    EXPECT_FALSE(request->varies_by_accept) << target;
  }
}

TEST(AutoFormat, AloneLooksAtTheAcceptHeader) {
  const auto request = ParseResizeRequest("/a", "image/webp", kDefaults);
  EXPECT_EQ(request->spec.format, std::nullopt);
  EXPECT_EQ(request->spec.auto_format, std::nullopt);
  EXPECT_FALSE(request->varies_by_accept);
}

TEST(Policy, GivesTheDefaults) {
  UrlPolicy policy;
  policy.default_width = 640;
  policy.default_quality = 75;
  policy.enlarge_by_default = true;
  EXPECT_EQ(Reading("/a", policy), "a | w640_enlarge_q75");
  EXPECT_EQ(Reading("/a?enlarge=0", policy), "a | w640_q75");
  EXPECT_EQ(Reading("/a?h=10", policy), "a | h10_enlarge_q75");
}

TEST(Policy, SnapsVariantsToItsLists) {
  UrlPolicy policy;
  policy.max_width = 1000;
  policy.max_height = 500;
  EXPECT_EQ(Reading("/a?w=999999999&h=999999999&dpr=5", policy), "a | w1000_h500_q100");
  policy.allowed_sizes = {100, 300, 800};
  policy.allowed_qualities = {60, 80};
  EXPECT_EQ(Reading("/a?w=101&h=50&q=61", policy), "a | w300_h100_q80");
  EXPECT_EQ(Reading("/a?w=150&h=301&q=90", policy), "a | w300_h300_q80");
  EXPECT_EQ(Reading("/a?w=60&dpr=2", policy), "a | w300_q80");
}

TEST(Policy, RejectsVariantsOutsideItsLists) {
  UrlPolicy policy;
  policy.max_width = 1000;
  policy.max_height = 500;
  policy.when_not_allowed = UrlPolicy::WhenNotAllowed::kReject;
  EXPECT_EQ(Reading("/a?w=1000&h=500", policy), "a | w1000_h500_q100");
  EXPECT_EQ(Reading("/a?w=1001", policy), "error:variant_not_allowed");
  EXPECT_EQ(Reading("/a?h=501", policy), "error:variant_not_allowed");
  EXPECT_EQ(Reading("/a?w=501&dpr=2", policy), "error:variant_not_allowed");
  policy.allowed_sizes = {100, 300};
  policy.allowed_qualities = {80};
  EXPECT_EQ(Reading("/a?w=300&q=80", policy), "a | w300_q80");
  EXPECT_EQ(Reading("/a?w=299&q=80", policy), "error:variant_not_allowed");
  EXPECT_EQ(Reading("/a?w=300&q=81", policy), "error:variant_not_allowed");
}

TEST(Policy, NeverRejectsItsOwnDefaults) {
  UrlPolicy policy;
  policy.allowed_sizes = {100, 300};
  policy.allowed_qualities = {80};
  policy.when_not_allowed = UrlPolicy::WhenNotAllowed::kReject;
  EXPECT_EQ(Reading("/a", policy), "a | w300_q80");
  EXPECT_EQ(Reading("/a?dpr=2", policy), "error:variant_not_allowed");
}

TEST(Refusal, SaysWhatIsWrongWithTheUrl) {
  const auto detail = [](std::string_view target, const UrlPolicy& policy = kDefaults) {
    return ParseResizeRequest(target, "", policy).error().detail;
  };
  EXPECT_EQ(detail("/a.jpg/resize/big"),
            "The value 'big' of 'resize' is not W or WxH, each a whole number from 1 to 999999999. "
            "Where it belongs to the key, write /resize/ before the key.");
  EXPECT_EQ(detail("/a%zz.jpg"), "The path names no original: broken escape.");
  EXPECT_EQ(detail("/a.jpg/resize/300?w=301"),
            "'w' with the value '301' contradicts what the URL says elsewhere of the width.");
  UrlPolicy policy;
  policy.allowed_sizes = {300, 600};
  policy.when_not_allowed = UrlPolicy::WhenNotAllowed::kReject;
  EXPECT_EQ(detail("/a?w=150&dpr=3", policy),
            "The width 450 is not offered; the nearest that is: 600.");
}

TEST(EqualMeanings, HaveEqualSpecsInEveryDialect) {
  const auto original = ParseResizeRequest("/resize/a/b.jpg?size=300&quality=80", "", kDefaults);
  for (const char* target :
       {"/a/b.jpg/melon/resize/300/quality/80", "/a/b.jpg/quality/80?w=300",
        "/a%2Fb.jpg?q=80&w=150&dpr=2", "/resize/a%2fb%2Ejpg?q=80&size=300&fit=fill"}) {
    const auto same = ParseResizeRequest(target, "", kDefaults);
    ASSERT_TRUE(same) << target;
    EXPECT_EQ(same->source.key, original->source.key) << target;
    EXPECT_EQ(same->spec, original->spec) << target;
  }
}

}  // namespace
}  // namespace thimble
