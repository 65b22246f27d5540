#include "origin/file_origin.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/thread_pool.hpp>
#include <cerrno>
#include <chrono>
#include <utility>
#include <vector>

#include "origin/blocking_work.h"
#include "origin/directory_root.h"

namespace thimble {
namespace {

constexpr std::size_t kReaderThreads = 2;
constexpr std::size_t kChunkBytes = 256 * 1024;

SourceValidator ValidatorOf(const struct stat& info) {
  // Replacing a file by another of the same size and time (an unpacked archive) changes the inode.
  return {.entity_tag = fmt::format("\"{:x}.{:x}-{:x}-{:x}\"", info.st_mtim.tv_sec,
                                    info.st_mtim.tv_nsec, info.st_size, info.st_ino),
          .last_modified = std::chrono::sys_seconds(std::chrono::seconds(info.st_mtim.tv_sec))};
}

Expected<std::size_t> ReadSome(int fd, MutableByteSpan chunk) {
  for (;;) {
    const ssize_t got = ::read(fd, chunk.data(), chunk.size());
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR) return FailErrno("read", ErrorCode::kOriginFailed);
  }
}

// Until when a file may be worked on, and whether anybody still waits for it.
struct ReadLimit {
  Deadline deadline;
  const StopFlag& stop;

  bool reached() const { return stop || deadline.passed(); }
};

Expected<SealedBytes> CopyWhole(const RegularFile& file, std::size_t max_bytes,
                                const ReadLimit& limit) {
  const auto size = static_cast<std::size_t>(file.info.st_size);
  if (size > max_bytes) {
    return Fail(ErrorCode::kOriginalTooLarge, fmt::format("{} bytes", size));
  }
  THIMBLE_TRY(SealedBytesWriter writer, SealedBytesWriter::CreateFor(size));
  std::vector<std::uint8_t> buffer(std::min(size, kChunkBytes));
  while (writer.size() < size) {
    if (limit.reached()) return Fail(ErrorCode::kOriginTimeout, "while reading the file");
    const std::size_t wanted = std::min(buffer.size(), size - writer.size());
    THIMBLE_TRY(const std::size_t got, ReadSome(file.fd.get(), {buffer.data(), wanted}));
    if (got == 0) return Fail(ErrorCode::kOriginIncomplete, "the file shrank while it was read");
    if (Status s = writer.Append({buffer.data(), got}); !s) return Forward(s);
  }
  return std::move(writer).Seal();
}

Expected<Original> FetchFile(const DirectoryRoot& root, const std::string& key,
                             std::size_t max_bytes, const ReadLimit& limit) {
  if (limit.reached()) return Fail(ErrorCode::kOriginTimeout, "before the file was opened");
  THIMBLE_TRY(const RegularFile file, root.OpenRegular(key));
  THIMBLE_TRY(SealedBytes bytes, CopyWhole(file, max_bytes, limit));
  SourceValidator validator = ValidatorOf(file.info);
  struct stat after {};
  if (::fstat(file.fd.get(), &after) != 0) return FailErrno("fstat", ErrorCode::kOriginFailed);
  if (ValidatorOf(after).entity_tag != validator.entity_tag) {
    return Fail(ErrorCode::kOriginIncomplete, "the file changed while it was read");
  }
  return Original{.bytes = std::make_shared<const SealedBytes>(std::move(bytes)),
                  .validator = std::move(validator)};
}

Expected<SourceValidator> StatFile(const DirectoryRoot& root, const std::string& key,
                                   const ReadLimit& limit) {
  if (limit.reached()) return Fail(ErrorCode::kOriginTimeout, "before the file was opened");
  THIMBLE_TRY(const RegularFile file, root.OpenRegular(key));
  return ValidatorOf(file.info);
}

class FileOrigin final : public Origin {
 public:
  FileOrigin(DirectoryRoot root, const FetchLimits& limits)
      : root_(std::move(root)), limits_(limits), readers_(kReaderThreads) {}
  ~FileOrigin() override { readers_.join(); }

  boost::asio::awaitable<Expected<Original>> Fetch(SourceKey key, Deadline deadline) override {
    auto work = [this, name = std::move(key.bytes), deadline](const StopFlag& stop) {
      return FetchFile(root_, name, limits_.max_bytes, {.deadline = deadline, .stop = stop});
    };
    return RunBlocking(readers_, std::move(work));
  }

  boost::asio::awaitable<Expected<SourceValidator>> Stat(SourceKey key,
                                                         Deadline deadline) override {
    auto work = [this, name = std::move(key.bytes), deadline](const StopFlag& stop) {
      return StatFile(root_, name, {.deadline = deadline, .stop = stop});
    };
    return RunBlocking(readers_, std::move(work));
  }

 private:
  DirectoryRoot root_;
  FetchLimits limits_;
  boost::asio::thread_pool readers_;
};

}  // namespace

Expected<std::unique_ptr<Origin>> MakeFileOrigin(const std::string& root,
                                                 const FetchLimits& limits) {
  THIMBLE_TRY(DirectoryRoot directory, DirectoryRoot::Open(root));
  return std::make_unique<FileOrigin>(std::move(directory), limits);
}

}  // namespace thimble
