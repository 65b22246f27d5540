// For tests: the S3 server and the misbehaving origin that test/origin/run_with_origins.py starts
// and names in the environment, and a store that writes into the former.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <optional>
#include <string>

#include "origin/origin_test_support.h"
#include "origin/s3_origin.h"

namespace thimble {

struct TestS3Server {
  std::string endpoint;
  Credentials credentials;
  std::string bucket;
  bool checks_region = false;  // refuses signatures for other regions
  std::string uploads_file;    // a line a key: hex digits of keys that another client has uploaded
};

// Nothing where no such server was started.
std::optional<TestS3Server> TestS3ServerFromEnvironment();

std::unique_ptr<StoreUnderTest> MakeS3Store(const boost::asio::any_io_executor& executor,
                                            const TestS3Server& server, S3Options options);

}  // namespace thimble
