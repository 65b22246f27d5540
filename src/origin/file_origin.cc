#include "origin/file_origin.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <chrono>
#include <type_traits>
#include <utility>
#include <vector>

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

Expected<SealedBytes> CopyWhole(const RegularFile& file, std::size_t max_bytes, Deadline deadline) {
  const auto size = static_cast<std::size_t>(file.info.st_size);
  if (size > max_bytes) {
    return Fail(ErrorCode::kOriginalTooLarge, fmt::format("{} bytes", size));
  }
  THIMBLE_TRY(SealedBytesWriter writer, SealedBytesWriter::CreateFor(size));
  std::vector<std::uint8_t> buffer(std::min(size, kChunkBytes));
  while (writer.size() < size) {
    if (deadline.passed()) return Fail(ErrorCode::kOriginTimeout, "while reading the file");
    const std::size_t wanted = std::min(buffer.size(), size - writer.size());
    THIMBLE_TRY(const std::size_t got, ReadSome(file.fd.get(), {buffer.data(), wanted}));
    if (got == 0) return Fail(ErrorCode::kOriginIncomplete, "the file shrank while it was read");
    if (Status s = writer.Append({buffer.data(), got}); !s) return Forward(s);
  }
  return std::move(writer).Seal();
}

Expected<Original> FetchFile(const DirectoryRoot& root, const std::string& key,
                             std::size_t max_bytes, Deadline deadline) {
  if (deadline.passed()) return Fail(ErrorCode::kOriginTimeout, "before the file was opened");
  THIMBLE_TRY(const RegularFile file, root.OpenRegular(key));
  THIMBLE_TRY(SealedBytes bytes, CopyWhole(file, max_bytes, deadline));
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
                                   Deadline deadline) {
  if (deadline.passed()) return Fail(ErrorCode::kOriginTimeout, "before the file was opened");
  THIMBLE_TRY(const RegularFile file, root.OpenRegular(key));
  return ValidatorOf(file.info);
}

// Runs `work` on one of `readers`' threads and resumes the caller on its own executor. Not by
// spawning a coroutine there: in Boost 1.81 a cancellation may reach such a coroutine after its
// end. This way a cancelled caller waits until the file has been read.
template <class Work>
boost::asio::awaitable<std::invoke_result_t<Work>> RunOn(boost::asio::thread_pool& readers,
                                                         Work work) {
  using Result = std::invoke_result_t<Work>;
  auto initiate = [&readers](auto handler, Work job) {
    auto caller = boost::asio::make_work_guard(boost::asio::get_associated_executor(handler));
    boost::asio::post(readers, [handler = std::move(handler), job = std::move(job),
                                caller = std::move(caller)]() mutable {
      auto resume = [handler = std::move(handler), result = job()]() mutable {
        std::move(handler)(std::move(result));
      };
      boost::asio::post(caller.get_executor(), std::move(resume));
    });
  };
  auto result =
      co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void(Result)>(
          std::move(initiate), boost::asio::use_awaitable, std::move(work));
  co_return result;
}

class FileOrigin final : public Origin {
 public:
  FileOrigin(DirectoryRoot root, const FetchLimits& limits)
      : root_(std::move(root)), limits_(limits), readers_(kReaderThreads) {}
  ~FileOrigin() override { readers_.join(); }

  boost::asio::awaitable<Expected<Original>> Fetch(SourceKey key, Deadline deadline) override {
    auto work = [this, name = std::move(key.bytes), deadline] {
      return FetchFile(root_, name, limits_.max_bytes, deadline);
    };
    return RunOn(readers_, std::move(work));
  }

  boost::asio::awaitable<Expected<SourceValidator>> Stat(SourceKey key,
                                                         Deadline deadline) override {
    auto work = [this, name = std::move(key.bytes), deadline] {
      return StatFile(root_, name, deadline);
    };
    return RunOn(readers_, std::move(work));
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
