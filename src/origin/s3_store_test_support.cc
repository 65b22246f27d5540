#include "origin/s3_store_test_support.h"

#include <curl/curl.h>

#include <chrono>
#include <utility>
#include <vector>

#include "base/c_ptr.h"
#include "origin/s3_endpoint.h"
#include "origin/sigv4.h"

namespace thimble {
namespace {

using Curl = CPtr<CURL, &curl_easy_cleanup>;
using HeaderList = CPtr<curl_slist, &curl_slist_free_all>;

// PutObject, which origins never do.
long PutObject(const S3Endpoint& endpoint, const std::string& region,
               const Credentials& credentials, const std::string& key, const std::string& bytes) {
  const std::string path = endpoint.key_root + EncodedS3Path(key);
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  std::vector<NameValue> headers = {{"host", endpoint.host},
                                    {"x-amz-content-sha256", "UNSIGNED-PAYLOAD"},
                                    {"x-amz-date", AmzDate(now)}};
  RequestSigner signer({.region = region});
  headers.emplace_back("authorization",
                       signer.AuthorizationHeader({.method = "PUT",
                                                   .encoded_path = path,
                                                   .headers = headers,
                                                   .payload_hash = "UNSIGNED-PAYLOAD"},
                                                  credentials, now));
  HeaderList list;
  for (const auto& [name, value] : headers) {
    list.reset(curl_slist_append(list.release(), (name + ": " + value).c_str()));
  }
  const Curl curl(curl_easy_init());
  const std::string url = endpoint.origin + path;
  curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_PROXY, "");
  curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, list.get());
  curl_easy_setopt(curl.get(), CURLOPT_CUSTOMREQUEST, "PUT");
  curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDSIZE, static_cast<long>(bytes.size()));
  curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, bytes.data());
  long status = 0;
  if (curl_easy_perform(curl.get()) == CURLE_OK) {
    curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  }
  return status;
}

class S3Store final : public StoreUnderTest {
 public:
  S3Store(const boost::asio::any_io_executor& executor, const TestS3Server& server,
          S3Options options)
      : endpoint_(*ResolveS3Endpoint({.endpoint = server.endpoint,
                                      .region = options.location.region,
                                      .bucket = server.bucket})),
        region_(options.location.region),
        prefix_(options.prefix),
        credentials_(server.credentials),
        origin_(std::move(*MakeS3Origin(executor, std::move(options),
                                        MakeStaticCredentials(server.credentials)))) {}

  void Put(const std::string& key, const std::string& bytes) override {
    ASSERT_EQ(PutObject(endpoint_, region_, credentials_, prefix_ + key, bytes), 200) << key;
  }
  Origin& origin() override { return *origin_; }

 private:
  S3Endpoint endpoint_;
  std::string region_;
  std::string prefix_;
  Credentials credentials_;
  std::unique_ptr<Origin> origin_;
};

}  // namespace

std::optional<TestS3Server> TestS3ServerFromEnvironment() {
  const auto text = [](std::string_view name) { return ProcessEnvironment(name).value_or(""); };
  TestS3Server server{.endpoint = text("THIMBLE_TEST_S3_ENDPOINT"),
                      .credentials = {.access_key_id = text("THIMBLE_TEST_S3_ACCESS_KEY"),
                                      .secret_access_key = text("THIMBLE_TEST_S3_SECRET_KEY")},
                      .bucket = text("THIMBLE_TEST_S3_BUCKET"),
                      .checks_region = !text("THIMBLE_TEST_S3_CHECKS_REGION").empty(),
                      .uploads_file = text("THIMBLE_TEST_S3_UPLOADS")};
  if (server.endpoint.empty()) return std::nullopt;
  return server;
}

std::unique_ptr<StoreUnderTest> MakeS3Store(const boost::asio::any_io_executor& executor,
                                            const TestS3Server& server, S3Options options) {
  return std::make_unique<S3Store>(executor, server, std::move(options));
}

}  // namespace thimble
