#include "settings/reload.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "settings/settings_loader.h"
#include "settings/settings_table.h"

namespace thimble {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Settings From(std::vector<std::string> environment) {
  const auto settings = LoadSettings({.environment = std::move(environment)});
  EXPECT_TRUE(settings);
  return settings.value_or(Settings());
}

TEST(ReloadTest, NamesWhatChanges) {
  const ReloadPlan reload =
      PlanReload(From({}), From({"THIMBLE_LOG_LEVEL=debug", "THIMBLE_HTTP_KEEP_ALIVE=5s"}));
  EXPECT_THAT(reload.changed, ElementsAre("http.keep_alive", "log.level"));
  EXPECT_THAT(reload.deferred, IsEmpty());
  EXPECT_EQ(reload.settings.log.level, LogSettings::Level::kDebug);
  EXPECT_FALSE(reload.changes_pictures());
}

TEST(ReloadTest, KeepsWhatNeedsARestartAsItWas) {
  const Settings running = From({"THIMBLE_WORKERS_COUNT=3", "THIMBLE_WORKERS_MEMORY=64MiB"});
  const ReloadPlan reload =
      PlanReload(running, From({"THIMBLE_WORKERS_COUNT=4", "THIMBLE_HTTP_LISTEN=[::1]:81",
                                "THIMBLE_WORKERS_PROGRAM=/bin/other"}));
  EXPECT_THAT(reload.deferred,
              ElementsAre("http.listen", "workers.count", "workers.program", "workers.memory"));
  EXPECT_THAT(reload.changed, IsEmpty());
  EXPECT_EQ(reload.settings.workers.workers, 3);
  EXPECT_EQ(reload.settings.workers.worker_memory_bytes, running.workers.worker_memory_bytes);
  EXPECT_EQ(reload.settings.workers.worker_program, "");
  EXPECT_EQ(reload.settings.http.listen_port, running.http.listen_port);
}

TEST(ReloadTest, TakesWhatMakesOtherPicturesOrAnswersForAReasonToMakeThemAnew) {
  for (const char* variable : {"THIMBLE_URLS_DEFAULT_QUALITY=80", "THIMBLE_ANSWERS_MAX_AGE=2d",
                               "THIMBLE_PICTURES_MAX_SIDE=100", "THIMBLE_CACHE_MEMORY=1MiB",
                               "THIMBLE_ORIGIN_URL=file:/srv", "THIMBLE_S3_REGION=eu-west-1"}) {
    EXPECT_TRUE(PlanReload(From({}), From({variable})).changes_pictures()) << variable;
  }
}

TEST(ReloadTest, ReadsCredentialsAgainWithoutNamingThem) {
  const ReloadPlan reload =
      PlanReload(From({"THIMBLE_S3_ACCESS_KEY_ID=a", "THIMBLE_S3_SECRET_ACCESS_KEY=b"}),
                 From({"THIMBLE_S3_ACCESS_KEY_ID=c", "THIMBLE_S3_SECRET_ACCESS_KEY=d"}));
  EXPECT_EQ(reload.settings.origin.s3.secret_access_key, "d");
  EXPECT_THAT(reload.changed, IsEmpty());
  EXPECT_FALSE(reload.changes_pictures());
}

// docs/configuration.md says so, in "Changing settings while the server runs".
TEST(SettingsTable, NeedsARestartForTheAddressAndWhatTheWorkersAreStartedWith) {
  for (const Setting& setting : AllSettings()) {
    const bool expected = setting.key == "http.listen" || setting.key.starts_with("workers.") ||
                          setting.key == "pictures.shadow_compare";
    EXPECT_EQ(setting.needs_restart, expected) << setting.key;
  }
}

}  // namespace
}  // namespace thimble
