// Originals from a bucket of an S3 store: GetObject and HeadObject, in path style or virtual-host
// style, at AWS or at any endpoint that speaks the protocol.
//
// Keys are opaque bytes put behind the prefix as they are. Keys that could name something else
// than an object of this bucket (empty, over S3's 1024 bytes, with a NUL, or with a `.` or `..`
// segment, which a proxy on the way may resolve) are kOriginalNotFound without asking.
//
// A refusal is judged by S3's code (s3_refusal.h): the error is kOriginal... where the reason is
// the key, and kOriginRefused, which the observer is told of, where it is our credentials, clock,
// bucket or region. A store that is busy or has failed is asked once more after a moment, keys that
// have expired are renewed, and where the bucket is in another region, that region is remembered:
// each once for one request.
//
// AWS answers 403, not 404, for a missing key unless the credentials may list the bucket.
//
// Errors: see origin.h; kBadSetting from Create. Must not outlive the executor's context.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <string>

#include "base/error.h"
#include "origin/credentials.h"
#include "origin/origin.h"
#include "origin/origin_observer.h"
#include "origin/s3_endpoint.h"

namespace thimble {

struct S3Options {
  S3Location location{};
  std::string prefix{};  // put before every key, with its slash if it has one
  FetchLimits limits{};
  std::string ca_file{};               // certificates to trust, in PEM; empty: the system's
  OriginObserver* observer = nullptr;  // borrowed; may be null
};

// Without `credentials` requests are not signed: for public buckets, only where asked for.
Expected<std::unique_ptr<Origin>> MakeS3Origin(const boost::asio::any_io_executor& executor,
                                               S3Options options,
                                               std::unique_ptr<CredentialsProvider> credentials);

}  // namespace thimble
