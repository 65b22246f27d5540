#include "origin/http_exchange.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <utility>

namespace thimble {
namespace {

// S3's own heads have under 2 KiB, and no store is known to need more than 16.
constexpr std::size_t kMaxHeaderBytes = 32 * 1024;
// Bodies of refusals are read to keep the connection; above this the connection is dropped.
constexpr std::size_t kMaxDiscardedBytes = 64 * 1024;
constexpr std::size_t kErrorTextBytes = 1024;
// An origin that a request brings down should see it twice at most.
constexpr int kMaxAttempts = 2;
// A quarter less CPU time an original than with libcurl's own 16 KiB; more gains nothing.
constexpr long kReadBufferBytes = 128 * 1024;

template <class Value>
bool Set(CURL* easy, CURLoption option, Value value) {
  return curl_easy_setopt(easy, option, value) == CURLE_OK;
}

bool EndsLine(char c) { return c == '\r' || c == '\n' || c == '\0'; }

}  // namespace

HttpExchange::HttpExchange(const boost::asio::any_io_executor& executor,
                           std::shared_ptr<CurlMulti> multi, const FetchLimits& limits,
                           Deadline deadline)
    : multi_(std::move(multi)),
      limits_(limits),
      deadline_(deadline),
      alarm_(executor),
      easy_(curl_easy_init()) {}

HttpExchange::~HttpExchange() {
  if (state_ == State::kRunning) multi_->Stop(easy_.get());
}

Status HttpExchange::Start(const HttpRequest& request, const std::string& ca_file) {
  if (!easy_) return Fail(ErrorCode::kSystem, "curl_easy_init");
  if (Status s = Configure(request); !s) return Forward(s);
  if (Status s = ConfigureConnection(ca_file); !s) return Forward(s);
  if (Status s = multi_->Start(easy_.get(), *this); !s) return Forward(s);
  state_ = State::kRunning;
  alarm_.expires_at(NextAlarm());
  return {};
}

Status HttpExchange::Configure(const HttpRequest& request) {
  CURL* const easy = easy_.get();
  is_head_ = request.method == HttpMethod::kHead;
  const bool configured =
      Set(easy, CURLOPT_URL, request.url.c_str()) && Set(easy, CURLOPT_PATH_AS_IS, 1L) &&
      Set(easy, CURLOPT_NOBODY, is_head_ ? 1L : 0L) &&
      Set(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1)) &&
      Set(easy, CURLOPT_PROTOCOLS_STR, "http,https") && Set(easy, CURLOPT_FOLLOWLOCATION, 0L) &&
      Set(easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L) && Set(easy, CURLOPT_PROXY, "") &&
      Set(easy, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED)) &&
      Set(easy, CURLOPT_BUFFERSIZE, kReadBufferBytes) && Set(easy, CURLOPT_NOSIGNAL, 1L) &&
      // Else a time-out during a name look-up would block the thread until the resolver gives up.
      Set(easy, CURLOPT_QUICK_EXIT, 1L) && Set(easy, CURLOPT_ERRORBUFFER, curl_message_.data());
  if (!configured || !ConfigureMethod(request))
    return Fail(ErrorCode::kInternal, "libcurl does not take an option");
  ConfigureCallbacks();
  return SetHeaders(request);
}

Status HttpExchange::ConfigureConnection(const std::string& ca_file) {
  CURL* const easy = easy_.get();
  const auto connect_ms = static_cast<long>(std::max<std::chrono::milliseconds::rep>(
      1, std::min(limits_.connect_timeout, deadline_.remaining()).count()));
  const auto keep_seconds = static_cast<long>(limits_.keep_alive.count());
  const bool configured =
      Set(easy, CURLOPT_SSL_VERIFYPEER, 1L) && Set(easy, CURLOPT_SSL_VERIFYHOST, 2L) &&
      (ca_file.empty() || Set(easy, CURLOPT_CAINFO, ca_file.c_str())) &&
      Set(easy, CURLOPT_CONNECTTIMEOUT_MS, connect_ms) && Set(easy, CURLOPT_TCP_KEEPALIVE, 1L) &&
      // 0 would mean "of any age" to libcurl.
      Set(easy, CURLOPT_MAXAGE_CONN, std::max(keep_seconds, 1L)) &&
      Set(easy, CURLOPT_FORBID_REUSE, keep_seconds == 0 ? 1L : 0L);
  if (!configured) return Fail(ErrorCode::kInternal, "libcurl does not take an option");
  return {};
}

// libcurl takes the body's own copy: a request may end before its exchange.
bool HttpExchange::ConfigureMethod(const HttpRequest& request) {
  CURL* const easy = easy_.get();
  if (request.method == HttpMethod::kGet || is_head_) return true;
  return Set(easy, CURLOPT_POSTFIELDSIZE, static_cast<long>(request.body.size())) &&
         Set(easy, CURLOPT_COPYPOSTFIELDS, request.body.data()) &&
         (request.method == HttpMethod::kPost || Set(easy, CURLOPT_CUSTOMREQUEST, "PUT"));
}

void HttpExchange::ConfigureCallbacks() {
  CURL* const easy = easy_.get();
  void* const self = this;
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, &HttpExchange::OpenSocket);
  curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, &HttpExchange::OnRequestGoesOut);
  curl_easy_setopt(easy, CURLOPT_PREREQDATA, self);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &HttpExchange::OnHeaderLine);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, self);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &HttpExchange::OnBody);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, self);
}

Status HttpExchange::SetHeaders(const HttpRequest& request) {
  const auto append = [this](const std::string& line) {
    // On success the same list comes back; on failure the old one is still ours.
    curl_slist* const longer = curl_slist_append(headers_.get(), line.c_str());
    if (longer == nullptr) return false;
    static_cast<void>(headers_.release());
    headers_.reset(longer);
    return true;
  };
  bool appended =
      append("Accept-Encoding: identity") && append("User-Agent: thimble/" THIMBLE_VERSION);
  for (const auto& [name, value] : request.headers) {
    const std::string line = name + ": " + value;
    if (std::any_of(line.begin(), line.end(), EndsLine)) {
      return Fail(ErrorCode::kInternal, "a line end in a request header");
    }
    appended = appended && append(line);
  }
  if (!appended || !Set(easy_.get(), CURLOPT_HTTPHEADER, headers_.get())) {
    return Fail(ErrorCode::kSystem, "no memory for request headers");
  }
  return {};
}

// libcurl's own sockets would be inherited by a program that this one starts.
curl_socket_t HttpExchange::OpenSocket(void*, curlsocktype, curl_sockaddr* address) {
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

int HttpExchange::OnRequestGoesOut(void* self, char*, char*, int, int) {
  return static_cast<HttpExchange*>(self)->CountAttempt() ? CURL_PREREQFUNC_OK
                                                          : CURL_PREREQFUNC_ABORT;
}

// For libcurl any count other than what it passed breaks the transfer off; it never passes 0 here.
std::size_t HttpExchange::OnHeaderLine(char* data, std::size_t size, std::size_t count,
                                       void* self) {
  return static_cast<HttpExchange*>(self)->AddHeaderLine({data, size * count}) ? size * count : 0;
}

std::size_t HttpExchange::OnBody(char* data, std::size_t size, std::size_t count, void* self) {
  return static_cast<HttpExchange*>(self)->AddBody({data, size * count}) ? size * count : 0;
}

// Where a kept connection dies before the first byte, libcurl sends again by itself, up to five
// times, and would take the next kept connection, which is mostly as dead. From the first attempt
// on it may take none.
bool HttpExchange::CountAttempt() {
  ++attempts_;
  if (!Set(easy_.get(), CURLOPT_FRESH_CONNECT, 1L)) return false;
  asked_at_ = SteadyClock::now();
  return attempts_ <= kMaxAttempts;
}

bool HttpExchange::Refuse(Error error) {
  if (!refusal_) refusal_ = std::move(error);
  return false;
}

bool HttpExchange::AddHeaderLine(std::string_view line) {
  header_bytes_ += line.size();
  if (header_bytes_ > kMaxHeaderBytes) {
    return Refuse({ErrorCode::kOriginFailed, "more headers than any store sends"});
  }
  const bool was_complete = head_.complete();
  if (Status s = head_.AddLine(line); !s) return Refuse(std::move(s.error()));
  if (was_complete || !head_.complete()) return true;
  return head_.status() != 200 || is_head_ || BeginBody();
}

bool HttpExchange::BeginBody() {
  if (Status s = CheckBodyOf(head_, limits_.max_bytes); !s) return Refuse(std::move(s.error()));
  const std::optional<std::uint64_t> length = head_.content_length();
  Expected<SealedBytesWriter> writer =
      length ? SealedBytesWriter::CreateFor(*length) : SealedBytesWriter::Create(limits_.max_bytes);
  if (!writer) return Refuse(std::move(writer.error()));
  body_.emplace(std::move(*writer));
  return true;
}

bool HttpExchange::AddBody(std::string_view bytes) {
  if (body_) {
    if (bytes.size() > limits_.max_bytes - body_->size()) {
      return Refuse({ErrorCode::kOriginalTooLarge,
                     fmt::format("more than the {} bytes allowed", limits_.max_bytes)});
    }
    Status appended = body_->Append(BytesOf(bytes));
    return appended || Refuse(std::move(appended.error()));
  }
  if (!head_.complete()) return Refuse({ErrorCode::kOriginFailed, "a body without a head"});
  discarded_bytes_ += bytes.size();
  error_text_ += bytes.substr(0, kErrorTextBytes - error_text_.size());
  return discarded_bytes_ <= kMaxDiscardedBytes;
}

void HttpExchange::TransferFinished(CURLcode result) {
  state_ = State::kFinished;
  result_ = result;
  alarm_.cancel();
}

// The body of a 200 may take until the deadline. Up to there, and for the body of a refusal, the
// first-byte time-out counts from the moment the request went out; libcurl bounds the connecting.
SteadyClock::time_point HttpExchange::NextAlarm() const {
  if (head_.complete() && head_.status() == 200) return deadline_.moment();
  const SteadyClock::time_point from = asked_at_.value_or(SteadyClock::now());
  return std::min(deadline_.moment(), from + limits_.first_byte_timeout);
}

bool HttpExchange::FinishedBy(SteadyClock::time_point now) {
  if (state_ == State::kFinished) return true;
  const SteadyClock::time_point due = NextAlarm();
  if (now < due) {
    alarm_.expires_at(due);
    return false;
  }
  multi_->Stop(easy_.get());
  state_ = State::kFinished;
  result_ = CURLE_OPERATION_TIMEDOUT;
  return true;
}

Error HttpExchange::TransferError() const {
  const std::string_view message =
      curl_message_[0] != 0 ? curl_message_.data() : curl_easy_strerror(result_);
  std::string detail = fmt::format("{} (curl {})", message, static_cast<int>(result_));
  switch (result_) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE: return {ErrorCode::kOriginUnreachable, std::move(detail)};
    case CURLE_OPERATION_TIMEDOUT: return {ErrorCode::kOriginTimeout, std::move(detail)};
    default: break;
  }
  // What was received so far is all there is to tell a broken body from no answer at all.
  const ErrorCode code = head_.complete() ? ErrorCode::kOriginIncomplete : ErrorCode::kOriginFailed;
  return {code, std::move(detail)};
}

Expected<HttpAnswer> HttpExchange::TakeAnswer() {
  if (refusal_) return tl::unexpected<Error>(std::move(*refusal_));
  if (head_.complete() && head_.status() != 200) {
    return HttpAnswer{.head = std::move(head_),
                      .error_text = std::move(error_text_),
                      .sent_twice = attempts_ > 1};
  }
  if (result_ != CURLE_OK) return tl::unexpected<Error>(TransferError());
  if (!head_.complete()) return Fail(ErrorCode::kOriginFailed, "no answer but an interim one");
  HttpAnswer answer{.head = std::move(head_), .sent_twice = attempts_ > 1};
  if (is_head_) return answer;
  THIMBLE_TRY(SealedBytes sealed, std::move(*body_).Seal());
  answer.body = std::make_shared<const SealedBytes>(std::move(sealed));
  return answer;
}

}  // namespace thimble
