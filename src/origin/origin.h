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
  std::string entity_tag;  // the store's own, with its quotes; never empty (made from size and time
                           // where there is none)
  std::optional<std::chrono::sys_seconds> last_modified;
};

struct Original {
  std::shared_ptr<const SealedBytes> bytes;
  SourceValidator validator;
  // How the store says the bytes are packed ("gzip"); empty: not at all. What uploaders claim is
  // often wrong: bytes that begin as a picture does are one.
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
  // How long an idle connection to the store is used again; 0: never. Stores close theirs after 20
  // s and more, and whoever closes first is not surprised.
  std::chrono::seconds keep_alive{15};
  // The whole fetch is bounded by the request's Deadline.
};

}  // namespace thimble
