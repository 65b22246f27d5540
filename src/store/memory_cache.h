// Finished results kept in memory: bounded by bytes, the least recently used goes first.
//
//   MemoryCache<Picture> cache({.max_bytes = 256u << 20, .max_age = std::chrono::hours(1)});
//   cache.Keep("a.jpg w300", picture, picture->bytes.size(), SteadyClock::now());
//   std::shared_ptr<const Picture> kept = cache.Find("a.jpg w300", SteadyClock::now());
//
// A value is immutable and shared: who found it may go on using it after it was evicted. The caller
// passes the time, so that age is a value too. A value that would take more than an eighth of the
// budget is not kept: one giant would push out hundreds that are asked for.
//
// Thread-safety: none; one thread. Ownership: shares the values, copies the keys.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/deadline.h"

namespace thimble {

struct MemoryCacheOptions {
  std::size_t max_bytes = 0;  // 0: nothing is ever kept
  std::chrono::seconds max_age{3600};
};

struct MemoryCacheStats {
  std::size_t entries = 0;
  std::size_t bytes = 0;  // as charged: values, keys and overhead
  std::uint64_t evictions = 0;
};

// The book-keeping, without the values' type. Use MemoryCache.
class LruStore {
 public:
  using Value = std::shared_ptr<const void>;

  explicit LruStore(MemoryCacheOptions options) : options_(options) {}

  // Null when the key is unknown or its value too old (which drops it).
  Value Find(std::string_view key, SteadyClock::time_point now);
  void Keep(std::string_view key, Value value, std::size_t value_bytes,
            SteadyClock::time_point now);
  void Forget(std::string_view key);
  MemoryCacheStats stats() const;

 private:
  struct Entry {
    std::string key;
    Value value;
    std::size_t cost;
    SteadyClock::time_point kept_at;
  };
  using Entries = std::list<Entry>;

  void Drop(Entries::iterator entry);

  MemoryCacheOptions options_;
  Entries entries_;  // the most recently used first
  // The keys are views into `entries_`, whose nodes never move.
  std::unordered_map<std::string_view, Entries::iterator> index_;
  std::size_t bytes_ = 0;
  std::uint64_t evictions_ = 0;
};

template <class T>
class MemoryCache {
 public:
  explicit MemoryCache(MemoryCacheOptions options) : store_(options) {}

  std::shared_ptr<const T> Find(std::string_view key, SteadyClock::time_point now) {
    return std::static_pointer_cast<const T>(store_.Find(key, now));
  }
  // `value_bytes`: what the value occupies beyond its key.
  void Keep(std::string_view key, std::shared_ptr<const T> value, std::size_t value_bytes,
            SteadyClock::time_point now) {
    store_.Keep(key, std::move(value), value_bytes, now);
  }
  void Forget(std::string_view key) { store_.Forget(key); }
  MemoryCacheStats stats() const { return store_.stats(); }

 private:
  LruStore store_;
};

}  // namespace thimble
