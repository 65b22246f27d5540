// One request and its answer: what HttpClient runs and what libcurl calls back into.
//
// Thread-safety: the executor's one thread. Ownership: holds its easy handle; destroying it while
// it runs breaks the transfer off, so that a cancelled coroutine leaves nothing behind.
#pragma once

#include <curl/curl.h>

#include <array>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/c_ptr.h"
#include "base/deadline.h"
#include "base/error.h"
#include "base/memfd.h"
#include "origin/curl_multi.h"
#include "origin/http_answer.h"
#include "origin/http_client.h"

namespace thimble {

class HttpExchange final : private CurlMulti::Listener {
 public:
  HttpExchange(const boost::asio::any_io_executor& executor, std::shared_ptr<CurlMulti> multi,
               const FetchLimits& limits, Deadline deadline);
  ~HttpExchange();
  HttpExchange(const HttpExchange&) = delete;
  HttpExchange& operator=(const HttpExchange&) = delete;

  Status Start(const HttpRequest& request, const std::string& ca_file);

  // Finishes late exchanges. Between calls wait for `alarm`, which is cancelled when it finishes.
  bool FinishedBy(SteadyClock::time_point now);
  boost::asio::steady_timer& alarm() { return alarm_; }

  // Once, after FinishedBy has said true.
  Expected<HttpAnswer> TakeAnswer();

 private:
  using HeaderList = CPtr<curl_slist, &curl_slist_free_all>;
  enum class State : std::uint8_t { kNew, kRunning, kFinished };

  Status Configure(const HttpRequest& request);
  Status ConfigureConnection(const std::string& ca_file);
  bool ConfigureMethod(const HttpRequest& request);
  void ConfigureCallbacks();
  Status SetHeaders(const HttpRequest& request);

  static curl_socket_t OpenSocket(void* self, curlsocktype purpose, curl_sockaddr* address);
  static int OnRequestGoesOut(void* self, char*, char*, int, int);
  static std::size_t OnHeaderLine(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t OnBody(char* data, std::size_t size, std::size_t count, void* self);

  // These return false to break the transfer off.
  bool CountAttempt();
  bool AddHeaderLine(std::string_view line);
  bool AddBody(std::string_view bytes);
  bool BeginBody();
  bool Refuse(Error error);

  void TransferFinished(CURLcode result) override;
  SteadyClock::time_point NextAlarm() const;
  Error TransferError() const;

  std::shared_ptr<CurlMulti> multi_;
  FetchLimits limits_;
  Deadline deadline_;
  boost::asio::steady_timer alarm_;
  HeaderList headers_;
  CurlEasy easy_;
  std::array<char, CURL_ERROR_SIZE> curl_message_{};

  State state_ = State::kNew;
  bool is_head_ = false;
  int attempts_ = 0;
  std::optional<SteadyClock::time_point> asked_at_;
  std::size_t header_bytes_ = 0;
  AnswerHead head_;
  std::optional<SealedBytesWriter> body_;
  std::size_t discarded_bytes_ = 0;
  std::string error_text_;
  std::optional<Error> refusal_;
  CURLcode result_ = CURLE_OK;
};

}  // namespace thimble
