// The origin that misbehaves (test/support/faulty_origin.py, started by
// test/origin/run_with_origins.py) and clients of it. In path style the bucket names the fault.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <exception>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "origin/http_client.h"
#include "origin/origin_test_support.h"
#include "origin/s3_origin.h"

namespace thimble {

constexpr std::size_t kBodyBytes = 65536;  // of the origin's good answers

enum class Transport : std::uint8_t { kPlain, kTls };

inline std::string NameOf(Transport transport) {
  return transport == Transport::kTls ? "Tls" : "Plain";
}

inline std::string FaultyEndpoint(Transport transport = Transport::kPlain) {
  return ProcessEnvironment(transport == Transport::kTls ? "THIMBLE_TEST_SELF_SIGNED_ORIGIN"
                                                         : "THIMBLE_TEST_FAULTY_ORIGIN")
      .value();
}

inline std::string FaultyCertificate() {
  return ProcessEnvironment("THIMBLE_TEST_CERTIFICATE").value();
}

class FaultyOriginTest : public testing::Test {
 protected:
  // Waits are long where a test does not count on them: machines are slow at times.
  static FetchLimits Limits() {
    return {.max_bytes = 4 * kBodyBytes,
            .connect_timeout = std::chrono::seconds(10),
            .first_byte_timeout = std::chrono::seconds(20)};
  }
  static Deadline LongEnough() { return Deadline::After(std::chrono::seconds(30)); }

  // A client of the fault `options` name as their bucket.
  std::unique_ptr<Origin> OriginWith(S3Options options) {
    return std::move(*MakeS3Origin(context_.get_executor(), std::move(options), nullptr));
  }
  static S3Options OptionsFor(const std::string& mode, Transport transport = Transport::kPlain) {
    return {
        .location = {.endpoint = FaultyEndpoint(transport), .region = "us-east-1", .bucket = mode},
        .limits = Limits(),
        .ca_file = FaultyCertificate()};
  }
  std::unique_ptr<Origin> OriginOf(const std::string& mode,
                                   Transport transport = Transport::kPlain) {
    return OriginWith(OptionsFor(mode, transport));
  }

  Expected<Original> FetchFrom(Origin& origin, const std::string& key = "key",
                               std::chrono::milliseconds within = std::chrono::seconds(30)) {
    return RunToEnd(context_, origin.Fetch(SourceKey{key}, Deadline::After(within)));
  }
  Expected<SourceValidator> StatFrom(Origin& origin, const std::string& key = "key") {
    return RunToEnd(context_, origin.Stat(SourceKey{key}, LongEnough()));
  }

  std::vector<Expected<Original>> FetchSixAtOnce(Origin& origin, const std::string& key) {
    std::vector<Expected<Original>> fetched;
    for (int i = 0; i < 6; ++i) {
      boost::asio::co_spawn(context_, origin.Fetch(SourceKey{key}, LongEnough()),
                            [&fetched](std::exception_ptr thrown, Expected<Original> one) {
                              if (thrown) std::rethrow_exception(thrown);
                              fetched.push_back(std::move(one));
                            });
    }
    context_.restart();
    context_.run();
    return fetched;
  }
  // Afterwards `origin` keeps six connections.
  void FillPool(Origin& origin) {
    for (const auto& one : FetchSixAtOnce(origin, "six_at_once")) {
      ASSERT_TRUE(one) << one.error().detail;
    }
  }

  // What the origin answers to `/__...`; see faulty_origin.py.
  nlohmann::json Report(const std::string& name, Transport transport = Transport::kPlain) {
    auto client = HttpClient::Create(context_.get_executor(), Limits(), FaultyCertificate());
    HttpRequest request{.url = FaultyEndpoint(transport) + "/__" + name};
    const auto answer = RunToEnd(context_, client->Perform(std::move(request), LongEnough()));
    return nlohmann::json::parse(TextOfSealed(*answer.value().body));
  }
  int RequestsFor(const std::string& path, Transport transport = Transport::kPlain) {
    return Report("counts", transport).value(path, 0);
  }
  int ConnectionsTo(Transport transport) { return Report("connections", transport)["accepted"]; }

  boost::asio::io_context context_;
};

}  // namespace thimble
