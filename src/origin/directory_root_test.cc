#include "origin/directory_root.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>

namespace thimble {
namespace {

namespace fs = std::filesystem;

class DirectoryRootTest : public testing::TestWithParam<PathWalk> {
 protected:
  DirectoryRootTest()
      : base_(fs::path(testing::TempDir()) / ("directory_root_" + std::to_string(::getpid()))) {
    fs::create_directories(base_ / "root" / "sub");
    Write("outside.jpg");
    Write("root/inside.jpg");
    Write("root/sub/deep.jpg");
  }
  ~DirectoryRootTest() override { fs::remove_all(base_); }

  void SetUp() override {
    root_.emplace(*DirectoryRoot::Open((base_ / "root").string()));
    if (GetParam() == PathWalk::kByKernel && root_->walk() != PathWalk::kByKernel) {
      GTEST_SKIP() << "this kernel or container has no openat2";
    }
    root_->set_walk(GetParam());
  }

  void Write(const std::string& name) const { std::ofstream(base_ / name) << name; }

  // Nothing where the file opens.
  std::optional<ErrorCode> CodeOf(const std::string& key) const {
    const auto file = root_->OpenRegular(key);
    if (file) return std::nullopt;
    return file.error().code;
  }

  fs::path base_;
  std::optional<DirectoryRoot> root_;
};

INSTANTIATE_TEST_SUITE_P(Walks, DirectoryRootTest,
                         testing::Values(PathWalk::kByKernel, PathWalk::kByName),
                         [](const auto& tested) {
                           return tested.param == PathWalk::kByKernel ? "ByKernel" : "ByName";
                         });

TEST_P(DirectoryRootTest, OpensRegularFilesAtAnyDepth) {
  EXPECT_EQ(CodeOf("inside.jpg"), std::nullopt);
  EXPECT_EQ(CodeOf("sub/deep.jpg"), std::nullopt);
}

TEST_P(DirectoryRootTest, NothingOutsideCanBeNamed) {
  for (const char* key : {"../outside.jpg", "sub/../../outside.jpg", "/etc/passwd", "..", ".",
                          "sub/..", "./inside.jpg", "/proc/self/root/etc/passwd"}) {
    EXPECT_EQ(CodeOf(key), ErrorCode::kOriginalNotFound) << key;
  }
}

TEST_P(DirectoryRootTest, OneFileHasOneKey) {
  std::ofstream(base_ / "root" / "back\\slash.jpg") << "bytes";
  for (const char* key : {"sub//deep.jpg", "sub/./deep.jpg", "inside.jpg/", "/inside.jpg",
                          "sub/../inside.jpg", "", "sub\\deep.jpg", "back\\slash.jpg"}) {
    EXPECT_EQ(CodeOf(key), ErrorCode::kOriginalNotFound) << key;
  }
  EXPECT_EQ(CodeOf(std::string("inside.jpg\0x", 12)), ErrorCode::kOriginalNotFound);
}

TEST_P(DirectoryRootTest, SymbolicLinksAreNotFollowed) {
  fs::create_symlink(base_ / "outside.jpg", base_ / "root" / "link.jpg");
  fs::create_symlink("inside.jpg", base_ / "root" / "harmless.jpg");
  fs::create_directory_symlink(base_, base_ / "root" / "up");
  for (const char* key : {"link.jpg", "harmless.jpg", "up/outside.jpg"}) {
    EXPECT_EQ(CodeOf(key), ErrorCode::kOriginalNotFound) << key;
  }
}

TEST_P(DirectoryRootTest, OnlyRegularFilesAreOriginals) {
  ASSERT_EQ(::mkfifo((base_ / "root" / "fifo").c_str(), 0600), 0);
  const UniqueFd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string socket_path = (base_ / "root" / "socket").string();
  ASSERT_LT(socket_path.size(), sizeof address.sun_path);
  std::copy(socket_path.begin(), socket_path.end(), std::begin(address.sun_path));
  ASSERT_EQ(::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  for (const char* key : {"fifo", "socket", "sub"}) {
    EXPECT_EQ(CodeOf(key), ErrorCode::kOriginalNotFound) << key;
  }
}

TEST_P(DirectoryRootTest, NamesThatCannotBeAreNotFound) {
  EXPECT_EQ(CodeOf(std::string(5000, 'x')), ErrorCode::kOriginalNotFound);
  EXPECT_EQ(CodeOf("inside.jpg/below"), ErrorCode::kOriginalNotFound);
  EXPECT_EQ(CodeOf("absent/below.jpg"), ErrorCode::kOriginalNotFound);
}

TEST_P(DirectoryRootTest, AnUnreadableFileIsForbidden) {
  Write("root/secret.jpg");
  fs::permissions(base_ / "root" / "secret.jpg", fs::perms::none);
  const bool was_root = ::geteuid() == 0;
  if (was_root) {
    ASSERT_EQ(::seteuid(65534), 0);  // root may read everything
  }
  const auto code = CodeOf("secret.jpg");
  if (was_root) {
    ASSERT_EQ(::seteuid(0), 0);
  }
  EXPECT_EQ(code, ErrorCode::kOriginalForbidden);
}

TEST(DirectoryRoot, ARootThatIsNoDirectoryIsABadSetting) {
  const auto absent = DirectoryRoot::Open("/nonexistent/root");
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().code, ErrorCode::kBadSetting);
  EXPECT_FALSE(DirectoryRoot::Open("/etc/passwd"));
}

}  // namespace
}  // namespace thimble
