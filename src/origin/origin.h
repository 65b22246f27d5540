// Where originals come from. One interface for every kind of store; origin_contract_test_support.h
// is run by each of them.
//
// Thread-safety: calls on the executor's one thread. Ownership: the returned bytes are shared and
// immutable. Errors: kOriginalNotFound, kOriginalGone, kOriginalForbidden, kOriginalTooLarge,
// kOriginalArchived, kOriginFailed, kOriginIncomplete, kOriginUnreachable, kOriginTimeout,
// kOriginRefused, kOriginBusy.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "base/deadline.h"
#include "base/error.h"
#include "base/memfd.h"
#include "base/source_key.h"

namespace thimble {

// What tells one version of an original from another.
struct SourceValidator {
  // The store's own, with its quotes. Never empty: where the store gives none, it is made of the
  // time of the last change and the length, and where there is no time either, of the bytes.
  std::string entity_tag;
  std::optional<std::chrono::sys_seconds> last_modified;
};

struct Original {
  std::shared_ptr<const SealedBytes> bytes;
  SourceValidator validator;
  // How the store says that the bytes are compressed ("gzip"); empty: not at all. This label is
  // often wrong, so bytes that begin as a picture does are taken for one.
  std::string content_codings{};
};

class Origin {
 public:
  virtual ~Origin() = default;
  virtual boost::asio::awaitable<Expected<Original>> Fetch(SourceKey key, Deadline deadline) = 0;
  // The validator alone, without the bytes.
  virtual boost::asio::awaitable<Expected<SourceValidator>> Stat(SourceKey key,
                                                                 Deadline deadline) = 0;
};

struct FetchLimits {
  std::size_t max_bytes = 25u << 20;
  std::chrono::milliseconds connect_timeout{2000};
  std::chrono::milliseconds first_byte_timeout{5000};
  // For how long an idle connection to the store may be used again; 0: never. Stores close idle
  // connections after 20 s and more; this is less, so that a request seldom meets a closed one.
  std::chrono::seconds keep_alive{15};
  // The whole fetch is bounded by the request's Deadline.
};

}  // namespace thimble
