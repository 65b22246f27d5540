// For tests of origins: a store to write into, running a coroutine to its end, and reading sealed
// bytes.
#pragma once

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <exception>
#include <optional>
#include <string>
#include <utility>

#include "base/memfd.h"
#include "origin/origin.h"

namespace thimble {

inline constexpr std::size_t kContractMaxBytes = 200'000;

// A store that a test can write into, and the origin that reads it.
class StoreUnderTest {
 public:
  virtual ~StoreUnderTest() = default;
  virtual void Put(const std::string& key, const std::string& bytes) = 0;
  // With max_bytes = kContractMaxBytes.
  virtual Origin& origin() = 0;
};

// Runs one coroutine to its end, and everything else the context has to do.
template <class T>
T RunToEnd(boost::asio::io_context& context, boost::asio::awaitable<T> work) {
  std::optional<T> result;
  boost::asio::co_spawn(context, std::move(work), [&result](std::exception_ptr thrown, T value) {
    if (thrown) std::rethrow_exception(thrown);
    result.emplace(std::move(value));
  });
  context.restart();
  context.run();
  return std::move(result).value();
}

inline std::string TextOfSealed(const SealedBytes& bytes) {
  if (bytes.in_own_memory()) return std::string(TextOf(bytes.own_memory()));
  if (bytes.size() == 0) return {};
  void* const mapped = ::mmap(nullptr, bytes.size(), PROT_READ, MAP_SHARED, bytes.fd(), 0);
  EXPECT_NE(mapped, MAP_FAILED);
  std::string text(static_cast<const char*>(mapped), bytes.size());
  ::munmap(mapped, bytes.size());
  return text;
}

}  // namespace thimble
