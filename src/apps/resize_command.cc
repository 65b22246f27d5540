#include "apps/resize_command.h"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <cctype>
#include <filesystem>
#include <memory>
#include <string_view>
#include <utility>

#include "apps/exit_status.h"
#include "apps/output_file.h"
#include "apps/worker_program.h"
#include "async/spawn.h"
#include "base/deadline.h"
#include "base/memfd.h"
#include "worker/pool.h"

namespace thimble {
namespace {

namespace asio = boost::asio;

// By the ending, in any case of letters: "a.webp", "A.JPG".
std::optional<ImageFormat> FormatOfName(const std::string& path) {
  std::string ending = std::filesystem::path(path).extension().string();
  if (ending.empty()) return std::nullopt;
  for (char& c : ending) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return ImageFormatFromName(std::string_view(ending).substr(1));
}

TransformSpec SpecOf(const ResizeArguments& arguments, const UrlPolicy& defaults) {
  if (arguments.spec) return *arguments.spec;
  TransformSpec spec;
  spec.width = arguments.width;
  spec.height = arguments.height;
  if (spec.width == 0 && spec.height == 0) spec.width = defaults.default_width;
  spec.fit = arguments.fit;
  spec.enlarge = arguments.enlarge || defaults.enlarge_by_default;
  spec.quality.value = arguments.quality == 0 ? defaults.default_quality : arguments.quality;
  spec.format = arguments.format ? arguments.format : FormatOfName(arguments.out);
  return Canonical(spec);
}

Expected<JobOutput> RunOneJob(asio::io_context& io, WorkerPool& pool, Job job, Deadline deadline) {
  Expected<JobOutput> output = Fail(ErrorCode::kInternal, "the job never ended");
  auto run = [&]() -> asio::awaitable<void> {
    output = co_await pool.Run(std::move(job), deadline);
    pool.Stop();
    io.stop();
  };
  Spawn(io.get_executor(), run());
  io.run();
  return output;
}

Status ResizeFile(const ResizeArguments& arguments, const Settings& settings) {
  THIMBLE_TRY(SealedBytes source,
              SealedBytesFromFile(arguments.in, settings.origin.limits.max_bytes));
  PoolOptions options = settings.workers;
  options.workers = 1;
  THIMBLE_TRY(options.worker_program, FindWorkerProgram(options.worker_program));
  asio::io_context io{1};
  THIMBLE_TRY(const std::unique_ptr<WorkerPool> pool,
              WorkerPool::Start(io.get_executor(), std::move(options)));
  Job job{.spec = SpecOf(arguments, settings.urls),
          .limits = settings.pictures,
          .source = std::make_shared<const SealedBytes>(std::move(source))};
  const Deadline deadline = Deadline::After(settings.http.request_deadline);
  THIMBLE_TRY(const JobOutput output, RunOneJob(io, *pool, std::move(job), deadline));
  return WriteOutput(arguments.out, output.bytes);
}

}  // namespace

int Resize(const ResizeArguments& arguments, const Settings& settings) {
  const Status done = ResizeFile(arguments, settings);
  return done ? kExitFine : ComplainAbout(done.error());
}

}  // namespace thimble
