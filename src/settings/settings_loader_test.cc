#include "settings/settings_loader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace thimble {
namespace {

using std::chrono::milliseconds;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// A settings file that lives as long as the test.
class SettingsLoader : public ::testing::Test {
 protected:
  ~SettingsLoader() override { std::filesystem::remove(path_); }

  std::string File(std::string_view text) const {
    std::ofstream(path_) << text;
    return path_;
  }
  Settings Load(const SettingsSources& sources) const {
    auto settings = LoadSettings(sources);
    if (!settings) {
      for (const auto& problem : settings.error()) ADD_FAILURE() << problem;
      return {};
    }
    return *settings;
  }
  Problems ProblemsOf(const SettingsSources& sources) const {
    const auto settings = LoadSettings(sources);
    return settings ? Problems{} : settings.error();
  }

 private:
  std::string path_ = ::testing::TempDir() +
                      ::testing::UnitTest::GetInstance()->current_test_info()->name() + ".toml";
};

TEST_F(SettingsLoader, NeedsNothing) {
  const Settings settings = Load({});
  EXPECT_EQ(settings.http.listen_port, 8080);
  EXPECT_EQ(settings.http.keep_alive, milliseconds(75'000));
  EXPECT_GE(settings.workers.workers, 1);
}

TEST_F(SettingsLoader, ReadsEveryKindOfValueFromTheFile) {
  const Settings settings = Load({.config_file = File(R"(
[http]
listen = "[::1]:9090"
keep_alive = "90s"
max_connections = 7
[origin]
url = "s3://covers/2024"
show_forbidden = true
max_bytes = "25MB"
[urls]
allowed_sizes = [640, 300, 640]
labels = ["melon", "svc"]
when_not_allowed = "reject"
[answers]
max_age = "1d"
[cache]
memory = 0
[workers]
count = "auto"
[pictures]
jpeg_decoder = "libjpeg"
shadow_compare = 0.001
)")});
  EXPECT_EQ(settings.http.listen_address, "::1");
  EXPECT_EQ(settings.http.keep_alive, milliseconds(90'000));
  EXPECT_EQ(settings.http.max_connections, 7);
  EXPECT_EQ(settings.origin.s3.prefix, "2024/");
  EXPECT_TRUE(settings.origin.show_forbidden);
  EXPECT_EQ(settings.origin.limits.max_bytes, 25'000'000u);
  EXPECT_THAT(settings.urls.allowed_sizes, ElementsAre(300, 640));
  EXPECT_THAT(settings.urls.labels, ElementsAre("melon", "svc"));
  EXPECT_EQ(settings.urls.when_not_allowed, UrlPolicy::WhenNotAllowed::kReject);
  EXPECT_EQ(settings.answers.max_age, std::chrono::seconds(86'400));
  EXPECT_EQ(settings.cache.memory_bytes, 0u);
  EXPECT_EQ(settings.pictures.jpeg_method, JpegMethod::kLibjpeg);
  EXPECT_EQ(settings.workers.shadow_compare, 0.001);
}

TEST_F(SettingsLoader, TakesSharesFromZeroToOne) {
  const auto share = [this](const std::string& text) {
    return Load({.environment = {"THIMBLE_PICTURES_SHADOW_COMPARE=" + text}})
        .workers.shadow_compare;
  };
  EXPECT_EQ(share("0"), 0);
  EXPECT_EQ(share("0.25"), 0.25);
  EXPECT_EQ(share("1"), 1);
  for (const std::string text : {"-0.1", "1.01", "nan", "a tenth", "0.1 ", ""}) {
    EXPECT_THAT(ProblemsOf({.environment = {"THIMBLE_PICTURES_SHADOW_COMPARE=" + text}}),
                ElementsAre(HasSubstr("a number from 0 to 1")))
        << text;
  }
}

TEST_F(SettingsLoader, LetsTheLaterSourceWin) {
  const std::string file = File(
      "[http]\nkeep_alive = \"1s\"\nmax_connections = 1\n"
      "[workers]\ncount = 1\n");
  const Settings settings = Load(
      {.config_file = file,
       .environment = {"THIMBLE_HTTP_MAX_CONNECTIONS=2", "THIMBLE_WORKERS_COUNT=2", "PATH=/bin"},
       .flags = {{"--workers", "3"}}});
  EXPECT_EQ(settings.http.keep_alive, milliseconds(1'000));
  EXPECT_EQ(settings.http.max_connections, 2);
  EXPECT_EQ(settings.workers.workers, 3);
}

TEST_F(SettingsLoader, TakesListsFromTheEnvironmentWithCommas) {
  const Settings settings =
      Load({.environment = {"THIMBLE_URLS_ALLOWED_SIZES=1280,300", "THIMBLE_URLS_LABELS="}});
  EXPECT_THAT(settings.urls.allowed_sizes, ElementsAre(300, 1280));
  EXPECT_THAT(settings.urls.labels, IsEmpty());
}

TEST_F(SettingsLoader, FindsTheFileByTheEnvironment) {
  const std::string file = File("[log]\nlevel = \"error\"\n");
  EXPECT_EQ(Load({.environment = {"THIMBLE_CONFIG=" + file}}).log.level,
            LogSettings::Level::kError);
}

TEST_F(SettingsLoader, TakesTheOlderBucketOnlyWithoutAnOrigin) {
  const Settings older = Load({.environment = {"BUCKET=covers"}});
  EXPECT_EQ(older.origin.kind, OriginSettings::Kind::kS3);
  EXPECT_EQ(older.origin.s3.bucket, "covers");
  const Settings newer =
      Load({.environment = {"BUCKET=covers"}, .flags = {{"--origin", "file:/srv"}}});
  EXPECT_EQ(newer.origin.kind, OriginSettings::Kind::kFiles);
}

TEST_F(SettingsLoader, NamesEveryProblemAtOnce) {
  const std::string file = File("[http]\nkeep_alve = \"1s\"\nlisten = 8080\nkeep_alive = 75\n");
  EXPECT_THAT(
      ProblemsOf({.config_file = file,
                  .environment = {"THIMBLE_CACHE_MEMROY=0", "THIMBLE_LOG_FORMAT=xml"},
                  .flags = {{"--workers", "many"}}}),
      ::testing::UnorderedElementsAre(
          AllOf(HasSubstr(":2: http.keep_alve"), HasSubstr("did you mean http.keep_alive?")),
          AllOf(HasSubstr(":3: http.listen"), HasSubstr("text in quotes")),
          AllOf(HasSubstr(":4: http.keep_alive"), HasSubstr("75s")),
          AllOf(HasSubstr("THIMBLE_CACHE_MEMROY"), HasSubstr("THIMBLE_CACHE_MEMORY")),
          AllOf(HasSubstr("THIMBLE_LOG_FORMAT: log.format"), HasSubstr("text or json")),
          AllOf(HasSubstr("--workers: workers.count"), HasSubstr("whole number"))));
}

TEST_F(SettingsLoader, RefusesValuesOutOfTheirRange) {
  for (const char* text :
       {"[http]\nmax_connections = 0", "[http]\nkeep_alive = \"0\"", "[http]\nkeep_alive = -1",
        "[urls]\ndefault_quality = 101", "[urls]\nallowed_sizes = [0]",
        "[urls]\nallowed_sizes = [\"x\"]", "[urls]\nallowed_sizes = [[1]]",
        "[urls]\nlabels = [\"\"]", "[urls]\nignored_parameters = [\"w\"]",
        "[urls]\nversion_parameters = [\"*v\"]", "[answers]\nmax_age = \"1500ms\"",
        "[answers]\nmax_age = \"9000d\"", "[workers]\nmemory = \"1MiB\"",
        "[origin]\nshow_forbidden = \"yes\"", "[log]\nlevel = 1.5", "[s3]\nendpoint = \"host\"",
        "[s3]\nanonymous = true\naccess_key_id = \"a\"\nsecret_access_key = \"b\""}) {
    EXPECT_THAT(ProblemsOf({.config_file = File(text)}), ElementsAre(::testing::_)) << text;
  }
}

TEST_F(SettingsLoader, ChecksSettingsAgainstEachOther) {
  EXPECT_THAT(ProblemsOf({.environment = {"THIMBLE_URLS_MAX_WIDTH=1000"}}),
              ElementsAre(HasSubstr("default_width")));
  EXPECT_THAT(ProblemsOf({.environment = {"THIMBLE_S3_ACCESS_KEY_ID=AKIA"}}),
              ElementsAre(HasSubstr("secret_access_key")));
}

TEST_F(SettingsLoader, NeverRepeatsASecret) {
  const std::string file =
      File("[s3]\nsecret_access_key = [\"CANARY\"]\nsecret_acess_key = \"CANARY\"");
  EXPECT_THAT(ProblemsOf({.config_file = file}), ::testing::Each(Not(HasSubstr("CANARY"))));
}

TEST_F(SettingsLoader, NamesTheLineOfBrokenToml) {
  EXPECT_THAT(ProblemsOf({.config_file = File("[http]\nlisten = \n")}),
              ElementsAre(HasSubstr(".toml:2: ")));
  EXPECT_THAT(ProblemsOf({.config_file = "/nonexistent.toml"}),
              ElementsAre(HasSubstr("/nonexistent.toml: cannot be read")));
  EXPECT_THAT(ProblemsOf({.config_file = "/"}), ElementsAre(HasSubstr("/: cannot be read")));
}

TEST_F(SettingsLoader, AcceptsAnEmptyFile) {
  EXPECT_THAT(ProblemsOf({.config_file = File("")}), IsEmpty());
}

TEST_F(SettingsLoader, LeavesServiceDiscoveryAlone) {
  EXPECT_THAT(
      ProblemsOf(
          {.environment = {"THIMBLE_SERVICE_HOST=10.0.0.1", "THIMBLE_SERVICE_PORT=80",
                           "THIMBLE_PORT=tcp://10.0.0.1:80", "THIMBLE_PORT_80_TCP_ADDR=10.0.0.1",
                           "THIMBLE_CDN_SERVICE_PORT_HTTP=80"}}),
      IsEmpty());
  EXPECT_THAT(ProblemsOf({.environment = {"THIMBLE_PORT=8080"}}), Not(IsEmpty()));
}

TEST_F(SettingsLoader, AsksForAnOriginOnlyToServe) {
  const Settings without = Load({});
  EXPECT_THAT(ProblemsForServing(without), ElementsAre(HasSubstr("origin.url")));
  const Settings with = Load({.flags = {{"--origin", "file:/srv"}}});
  EXPECT_THAT(ProblemsForServing(with), IsEmpty());
}

}  // namespace
}  // namespace thimble
