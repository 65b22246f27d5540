#include "store/memory_cache.h"

#include <utility>

namespace thimble {
namespace {

// List node, map node, bucket and two control blocks, rounded up: many tiny values must not
// outgrow the budget unseen.
constexpr std::size_t kEntryOverheadBytes = 256;
constexpr std::size_t kLargestShareOfBudget = 8;  // an eighth

}  // namespace

LruStore::Value LruStore::Find(std::string_view key, SteadyClock::time_point now) {
  const auto found = index_.find(key);
  if (found == index_.end()) return nullptr;
  const Entries::iterator entry = found->second;
  if (now - entry->kept_at >= options_.max_age) {
    Drop(entry);
    return nullptr;
  }
  entries_.splice(entries_.begin(), entries_, entry);
  return entry->value;
}

void LruStore::Keep(std::string_view key, Value value, std::size_t value_bytes,
                    SteadyClock::time_point now) {
  Forget(key);
  const std::size_t cost = value_bytes + key.size() + kEntryOverheadBytes;
  if (cost > options_.max_bytes / kLargestShareOfBudget) return;
  while (bytes_ + cost > options_.max_bytes) {
    Drop(std::prev(entries_.end()));
    ++evictions_;
  }
  entries_.push_front(Entry{std::string(key), std::move(value), cost, now});
  index_.emplace(entries_.front().key, entries_.begin());
  bytes_ += cost;
}

void LruStore::Forget(std::string_view key) {
  if (const auto known = index_.find(key); known != index_.end()) Drop(known->second);
}

MemoryCacheStats LruStore::stats() const {
  return {.entries = entries_.size(), .bytes = bytes_, .evictions = evictions_};
}

void LruStore::Drop(Entries::iterator entry) {
  bytes_ -= entry->cost;
  index_.erase(entry->key);
  entries_.erase(entry);
}

}  // namespace thimble
