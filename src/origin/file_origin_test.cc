#include "origin/file_origin.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "origin/origin_contract_test_support.h"

namespace thimble {
namespace {

namespace fs = std::filesystem;

class FileStore final : public StoreUnderTest {
 public:
  explicit FileStore(std::size_t max_bytes = kContractMaxBytes)
      : root_(fs::path(testing::TempDir()) / ("file_origin_" + std::to_string(::getpid()))) {
    fs::create_directories(root_);
    origin_ = std::move(*MakeFileOrigin(root_.string(), {.max_bytes = max_bytes}));
  }
  ~FileStore() override { fs::remove_all(root_); }

  void Put(const std::string& key, const std::string& bytes) override {
    const fs::path path = root_ / key;
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << bytes;
  }
  Origin& origin() override { return *origin_; }
  fs::path PathOf(const std::string& key) const { return root_ / key; }

 private:
  fs::path root_;
  std::unique_ptr<Origin> origin_;
};

std::unique_ptr<StoreUnderTest> MakeFileStore(boost::asio::any_io_executor) {
  return std::make_unique<FileStore>();
}

INSTANTIATE_TEST_SUITE_P(Files, OriginContract, testing::Values(&MakeFileStore));

TEST(FileOrigin, SameSizeAndSecondButAnotherNanosecondIsAnotherVersion) {
  boost::asio::io_context context;
  FileStore store;
  const Deadline soon = Deadline::After(std::chrono::seconds(30));
  const fs::file_time_type time{std::chrono::seconds(1'000)};
  store.Put("a.jpg", "same size");
  fs::last_write_time(store.PathOf("a.jpg"), time);
  const auto before = RunToEnd(context, store.origin().Stat(SourceKey{"a.jpg"}, soon));
  fs::last_write_time(store.PathOf("a.jpg"), time + std::chrono::nanoseconds(1));
  const auto after = RunToEnd(context, store.origin().Stat(SourceKey{"a.jpg"}, soon));
  ASSERT_TRUE(before && after);
  EXPECT_NE(before->entity_tag, after->entity_tag);
  EXPECT_EQ(before->last_modified, after->last_modified);
}

TEST(FileOrigin, AFileThatClaimsBytesItDoesNotGiveIsIncomplete) {
  // Files of sysfs say 4096 bytes and hold fewer: a stand-in for one that shrinks meanwhile.
  if (!fs::exists("/sys/kernel/mm/transparent_hugepage/enabled")) {
    GTEST_SKIP() << "no sysfs file to read";
  }
  boost::asio::io_context context;
  const auto origin = MakeFileOrigin("/sys/kernel/mm/transparent_hugepage", {});
  ASSERT_TRUE(origin);
  const auto fetched = RunToEnd(
      context, (*origin)->Fetch(SourceKey{"enabled"}, Deadline::After(std::chrono::seconds(30))));
  ASSERT_FALSE(fetched);
  EXPECT_EQ(fetched.error().code, ErrorCode::kOriginIncomplete);
}

TEST(FileOrigin, ResumesItsCallerOnTheCallersThread) {
  boost::asio::io_context context;
  FileStore store;
  store.Put("a.jpg", "bytes");
  std::thread::id resumed_on;
  const auto fetch_and_look = [&]() -> boost::asio::awaitable<bool> {
    SourceKey key{"a.jpg"};
    auto fetched =
        co_await store.origin().Fetch(std::move(key), Deadline::After(std::chrono::seconds(30)));
    resumed_on = std::this_thread::get_id();
    co_return fetched.has_value();
  };
  EXPECT_TRUE(RunToEnd(context, fetch_and_look()));
  EXPECT_TRUE(resumed_on == std::this_thread::get_id());
}

TEST(FileOrigin, ARootThatIsNotThereIsABadSetting) {
  const auto origin = MakeFileOrigin("/nonexistent/root", {});
  ASSERT_FALSE(origin);
  EXPECT_EQ(origin.error().code, ErrorCode::kBadSetting);
}

}  // namespace
}  // namespace thimble
