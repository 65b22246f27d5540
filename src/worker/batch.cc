#include "worker/batch.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <utility>

#include "worker/magic.h"

namespace thimble {
namespace {

std::chrono::microseconds Between(SteadyClock::time_point from, SteadyClock::time_point to) {
  return std::chrono::duration_cast<std::chrono::microseconds>(to - from);
}

// By its bytes; nothing where they tell none.
std::optional<ImageFormat> FormatOf(const SealedBytes& source) {
  if (source.in_own_memory()) return FormatByMagic(source.own_memory());
  std::array<std::uint8_t, kMagicBytes> beginning{};
  const ssize_t got = ::pread(source.fd(), beginning.data(), beginning.size(), 0);
  if (got <= 0) return std::nullopt;
  return FormatByMagic(ByteSpan(beginning).first(static_cast<std::size_t>(got)));
}

// Whether the engine may answer the job with this format: the one asked for, or the original's own
// where none was asked for or the asked one was only preferred.
bool MayHaveFormat(const Job& job, ImageFormat format) {
  if (PreferredFormat(job.spec) == format) return true;
  if (job.spec.format) return false;
  return FormatOf(*job.source).value_or(format) == format;
}

}  // namespace

bool Batch::has_answers() const {
  return std::any_of(jobs.begin(), jobs.end(), [](const JobHandle& job) { return job == nullptr; });
}

bool Batch::is_done() const {
  return std::all_of(jobs.begin(), jobs.end(), [](const JobHandle& job) { return job == nullptr; });
}

bool Batch::has_no_waiter() const {
  return std::all_of(jobs.begin(), jobs.end(),
                     [](const JobHandle& job) { return job == nullptr || job->has_no_waiter(); });
}

Expected<BatchMessage> Batch::Describe(std::size_t output_bytes) const {
  BatchOrder order{.batch_id = id,
                   .targets = {},
                   .limits = jobs.front()->job.limits,
                   .source_bytes = source().size(),
                   .source_in_inbox = source().in_own_memory(),
                   .output_bytes = output_bytes,
                   .cpu = {},
                   .compare_decoders = compare_decoders};
  for (const JobHandle& job : jobs) {
    order.targets.push_back(job->job.spec);
    const auto remaining = std::chrono::ceil<std::chrono::seconds>(
        std::min(job->deadline.remaining(), job->job.work_limit));
    order.cpu = std::max(order.cpu, remaining + std::chrono::seconds(1));
  }
  return EncodeBatch(order);
}

Expected<JobOutput> Collect(const PendingJob& job, Expected<ResultFacts> result,
                            const OutputBuffer& output) {
  THIMBLE_TRY(const ResultFacts facts, std::move(result));
  if (!MayHaveFormat(job.job, facts.format)) {
    return Fail(ErrorCode::kWorkerDied, "a format that was not asked for");
  }
  JobOutput collected{.bytes = {},
                      .format = facts.format,
                      .size = facts.size,
                      .queued = Between(job.submitted, job.started),
                      .processed = Between(job.started, SteadyClock::now())};
  THIMBLE_TRY(collected.bytes, output.CopyOut(facts.offset, facts.bytes));
  if (!BeginsLike(facts.format, collected.bytes)) {
    return Fail(ErrorCode::kWorkerDied, "bytes that are not of the format they should be");
  }
  return collected;
}

}  // namespace thimble
