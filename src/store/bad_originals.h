// Originals over which workers have died or run out of time. They are refused for a while, so that
// each costs a worker once and not with every request.
//
// They are remembered by their name at the origin (key and validator) and by their bytes, since the
// same bytes under another name are as bad. A changed original is a new one. The first refusal
// lasts for `first_time`; then the original is tried again, and each further failure makes the next
// refusal six times as long, up to a day.
//
// After a crash the original is refused whatever is asked of it. When it ran out of time, the
// reason may be what was asked. A result of up to 1280 pixels a side is always quick to make, so
// where one took too long all sizes are refused too; where a larger one did, only results of the
// same format that are no smaller.
//
// Thread-safety: none; one thread. Hashes bytes only where something of their size is remembered.
// Bounded: some thousands of originals, the least recently used are forgotten first.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/deadline.h"
#include "base/error.h"
#include "base/memfd.h"
#include "spec/transform_spec.h"
#include "store/memory_cache.h"

namespace thimble {

struct BadOriginalsStats {
  std::size_t remembered = 0;  // by their bytes
  std::uint64_t refusals = 0;  // since the start
};

class BadOriginals {
 public:
  // 0 remembers nothing.
  explicit BadOriginals(std::chrono::seconds first_time);

  // Whether a request for `key` is to be refused if the origin still has the same version of it.
  bool Suspects(std::string_view key, const TransformSpec& spec, SteadyClock::time_point now);
  // The error to refuse with. Forgets the name when it means another version now.
  std::optional<Error> FindByName(std::string_view key, std::string_view entity_tag,
                                  const TransformSpec& spec, SteadyClock::time_point now);
  // Also remembers the name.
  std::optional<Error> FindByContent(std::string_view key, std::string_view entity_tag,
                                     const SealedBytes& bytes, const TransformSpec& spec,
                                     SteadyClock::time_point now);

  // A worker was lost over it. `code`: kWorkerDied, or kImageTooCostly for its time.
  void Remember(std::string_view key, std::string_view entity_tag, const SealedBytes& bytes,
                const TransformSpec& spec, ErrorCode code, SteadyClock::time_point now);

  BadOriginalsStats stats() const {
    return {.remembered = by_content_.stats().entries, .refusals = refusals_};
  }

 private:
  struct Verdict {
    ErrorCode code = ErrorCode::kWorkerDied;
    int failures = 0;
    SteadyClock::time_point until;
    std::int32_t least_side = 0;  // 0: whatever is asked
    std::optional<ImageFormat> format;

    bool Refuses(const TransformSpec& spec, SteadyClock::time_point now) const;
  };
  struct Name {
    std::string entity_tag;
    std::string content;  // key in `by_content_`
  };

  void NoteName(std::string_view key, std::string_view entity_tag, std::string content,
                SteadyClock::time_point now);
  std::optional<Error> Refuse(const Verdict& verdict);
  std::chrono::seconds TimeAfter(int failures) const;

  std::chrono::seconds first_time_;
  MemoryCache<Name> by_name_;
  MemoryCache<Verdict> by_content_;
  std::vector<bool> sizes_;  // of what may be remembered, by a part of their bits
  std::uint64_t refusals_ = 0;
};

}  // namespace thimble
