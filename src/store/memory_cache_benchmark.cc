// What the server's one thread pays for its cache: a hit, a miss, and keeping when something else
// must go. Argument: entries in the cache.
#include "store/memory_cache.h"

#include <benchmark/benchmark.h>

#include <memory>
#include <string>
#include <vector>

namespace thimble {
namespace {

constexpr std::size_t kValueBytes = 20'000;
constexpr std::size_t kOverheadRoom = 1'000;  // a key and the cache's own book-keeping

using Cache = MemoryCache<std::string>;

// As long as the server's keys are.
std::string Key(std::size_t i) {
  return "svc/images/main/" + std::to_string(i) + ".jpg w640_q80_jpeg";
}

std::vector<std::string> Keys(std::size_t count) {
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < count; ++i) keys.push_back(Key(i));
  return keys;
}

Cache FilledWith(const std::vector<std::string>& keys, std::size_t max_bytes) {
  Cache cache({.max_bytes = max_bytes});
  const auto value = std::make_shared<const std::string>();
  for (const std::string& key : keys) cache.Keep(key, value, kValueBytes, SteadyClock::now());
  return cache;
}

std::size_t RoomFor(std::size_t entries) { return entries * (kValueBytes + kOverheadRoom); }

void BM_Hit(benchmark::State& state) {
  const auto keys = Keys(static_cast<std::size_t>(state.range(0)));
  Cache cache = FilledWith(keys, RoomFor(keys.size()));
  const auto now = SteadyClock::now();
  std::size_t i = 0;
  for (auto _ : state) {
    // A stride without a common divisor visits every key, no two neighbours in a row.
    i = (i + 7'919) % keys.size();
    const auto found = cache.Find(keys[i], now);
    if (!found) state.SkipWithError("not found");
    benchmark::DoNotOptimize(found.get());
  }
}

void BM_Miss(benchmark::State& state) {
  const auto keys = Keys(static_cast<std::size_t>(state.range(0)));
  Cache cache = FilledWith(keys, RoomFor(keys.size()));
  const std::string unknown = Key(keys.size());
  const auto now = SteadyClock::now();
  for (auto _ : state) benchmark::DoNotOptimize(cache.Find(unknown, now).get());
}

// Twice as many keys as find room, so that each new one pushes out the oldest.
void BM_KeepAndEvict(benchmark::State& state) {
  const auto room = static_cast<std::size_t>(state.range(0));
  const auto keys = Keys(2 * room);
  Cache cache = FilledWith(keys, RoomFor(room));
  const auto value = std::make_shared<const std::string>();
  const auto now = SteadyClock::now();
  std::size_t i = 0;
  for (auto _ : state) {
    cache.Keep(keys[i], value, kValueBytes, now);
    i = (i + 1) % keys.size();
  }
  if (cache.stats().evictions == 0) state.SkipWithError("nothing was evicted");
}

BENCHMARK(BM_Hit)->Arg(1'000)->Arg(100'000);
BENCHMARK(BM_Miss)->Arg(1'000)->Arg(100'000);
BENCHMARK(BM_KeepAndEvict)->Arg(1'000)->Arg(100'000);

}  // namespace
}  // namespace thimble
