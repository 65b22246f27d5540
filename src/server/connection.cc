#include "server/connection.h"

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <exception>
#include <utility>

#include "server/receive_buffer.h"
#include "server/request_head.h"

namespace thimble {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);

// What a deadline leaves for saying that it has passed.
constexpr std::chrono::milliseconds kTimeToSayWhy{500};
// How long, and for how many bytes, we listen after our last word. Closing a socket with unread
// bytes resets it, and the client may then lose the answer that is still on its way.
constexpr std::chrono::milliseconds kLingerTime{1000};
constexpr std::size_t kLingerBytes = 256 * 1024;

std::string AddressOf(const tcp::socket& socket) {
  boost::system::error_code error;
  const tcp::endpoint peer = socket.remote_endpoint(error);
  return error ? "-" : peer.address().to_string();
}

class Connection {
 public:
  Connection(tcp::socket socket, std::shared_ptr<Front> front)
      : socket_(std::move(socket)),
        front_(std::move(front)),
        limits_{.max_head_bytes = front_->http.max_header_bytes,
                .max_uri_bytes = front_->http.max_uri_bytes},
        remote_address_(AddressOf(socket_)),
        buffer_(limits_.max_head_bytes),
        scanner_(limits_),
        connected_{.abort = [this] { Abort(); }},
        place_(front_->connections.Add(connected_)) {}
  ~Connection() { front_->connections.Remove(place_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  asio::awaitable<void> Run();

 private:
  enum class Received { kHead, kRefused, kNothing };

  asio::awaitable<Received> ReceiveHead();
  asio::awaitable<bool> ReceiveMore();
  asio::awaitable<void> Serve();
  asio::awaitable<void> Refuse();
  asio::awaitable<Answer> Ask(Deadline deadline);
  asio::awaitable<void> Write(Answer answer, Exchange exchange, Deadline deadline);
  asio::awaitable<void> Linger();

  void Abort();
  void BecomeIdle();
  void BeginRequest();
  void SkipEmptyLines();
  Deadline RequestDeadline() const;
  void Tell(const Answer& answer, const Exchange& exchange, std::size_t body_bytes,
            bool complete) const;

  tcp::socket socket_;
  std::shared_ptr<Front> front_;
  HeadLimits limits_;
  std::string remote_address_;
  ReceiveBuffer buffer_;
  HeadScanner scanner_;
  Connected connected_;
  ConnectionRegistry::Place place_;

  // The request at hand; used again for the next so that its memory is.
  RequestHead head_;
  std::string request_id_;
  Response response_;
  Error refusal_;  // why the head was refused
  SteadyClock::time_point begin_;
  bool aborted_ = false;
  bool open_ = true;              // another request may follow
  bool client_may_talk_ = false;  // of what we will not read: a body, a refused head's rest
};

asio::awaitable<void> Connection::Run() {
  while (open_) {
    const Received received = co_await ReceiveHead();
    if (received == Received::kNothing) co_return;
    if (received == Received::kHead) {
      co_await Serve();
    } else {
      co_await Refuse();
    }
  }
  co_await Linger();
}

asio::awaitable<Connection::Received> Connection::ReceiveHead() {
  BecomeIdle();
  while (true) {
    SkipEmptyLines();
    if (!buffer_.empty()) {
      if (connected_.phase == Connected::Phase::kIdle) BeginRequest();
      Expected<std::size_t> length = scanner_.Scan(buffer_.bytes());
      if (!length) {
        refusal_ = std::move(length.error());
        co_return Received::kRefused;
      }
      if (*length > 0) {
        Status parsed = ParseRequestHead(buffer_.bytes().substr(0, *length), limits_, head_);
        buffer_.Consume(*length);  // the bytes stay where they are until the next request
        if (parsed) co_return Received::kHead;
        refusal_ = std::move(parsed.error());
        co_return Received::kRefused;
      }
    }
    const bool more = co_await ReceiveMore();
    if (more) continue;
    const bool too_slow = aborted_ && connected_.phase == Connected::Phase::kBusy;
    if (!too_slow) co_return Received::kNothing;
    refusal_ = Error{ErrorCode::kRequestTimeout, {}};
    co_return Received::kRefused;
  }
}

// False: the client is gone or its time is up.
asio::awaitable<bool> Connection::ReceiveMore() {
  const std::span<char> room = buffer_.Room();
  const auto [error, count] =
      co_await socket_.async_read_some(asio::buffer(room.data(), room.size()), kNoThrow);
  if (error) co_return false;
  buffer_.Commit(count);
  co_return true;
}

asio::awaitable<void> Connection::Serve() {
  const Deadline deadline = RequestDeadline();
  connected_.due = SteadyClock::time_point::max();  // what answers has the deadline
  front_->request_ids.Assign(head_.request_id, request_id_);
  ++front_->requests_in_flight;
  Answer answer = co_await Ask(deadline);
  --front_->requests_in_flight;

  client_may_talk_ = head_.has_body;
  open_ = head_.keep_alive && !head_.has_body && !front_->draining;
  const Exchange exchange{.is_head = head_.method == Method::kHead,
                          .keep_alive = open_,
                          .minor_version = head_.minor_version,
                          .accept = head_.accept,
                          .request_id = request_id_};
  co_await Write(std::move(answer), exchange, deadline);
}

// What threw (out of memory) costs this request only.
asio::awaitable<Answer> Connection::Ask(Deadline deadline) {
  Answer answer;
  try {
    answer = co_await front_->routes.Handle(head_, deadline);
  } catch (const std::exception& thrown) {
    answer.content = Error{ErrorCode::kInternal, thrown.what()};
  }
  co_return answer;
}

// Nothing after a refused head can be trusted: answer and close.
asio::awaitable<void> Connection::Refuse() {
  open_ = false;
  client_may_talk_ = true;
  aborted_ = false;
  front_->request_ids.Assign({}, request_id_);
  head_ = RequestHead();
  head_.method_text = head_.target = "-";
  Answer answer;
  answer.content = std::move(refusal_);
  const Exchange exchange{.keep_alive = false, .accept = {}, .request_id = request_id_};
  co_await Write(std::move(answer), exchange, RequestDeadline());
}

asio::awaitable<void> Connection::Write(Answer answer, Exchange exchange, Deadline deadline) {
  front_->responder.Render(answer, exchange, response_);
  const ByteSpan body = BodyOf(answer, response_, exchange.is_head);
  bool complete = false;
  if (!aborted_) {
    connected_.due = std::max(deadline.moment(), SteadyClock::now() + kTimeToSayWhy);
    const std::array<asio::const_buffer, 2> bytes{asio::buffer(response_.head),
                                                  asio::buffer(body.data(), body.size())};
    const auto [error, count] = co_await asio::async_write(socket_, bytes, kNoThrow);
    complete = !error;
  }
  open_ = open_ && complete;
  Tell(answer, exchange, body.size(), complete);
}

// Our last word is said: lets the client read it, ignoring what it still sends.
asio::awaitable<void> Connection::Linger() {
  boost::system::error_code error;
  const bool unread = client_may_talk_ || !buffer_.empty() || socket_.available(error) > 0;
  if (!unread || aborted_) co_return;
  socket_.shutdown(tcp::socket::shutdown_send, error);
  connected_.due = SteadyClock::now() + kLingerTime;
  std::array<char, 4096> ignored{};
  for (std::size_t total = 0; total < kLingerBytes;) {
    const auto [failed, count] = co_await socket_.async_read_some(asio::buffer(ignored), kNoThrow);
    if (failed) co_return;
    total += count;
  }
}

void Connection::Abort() {
  aborted_ = true;
  boost::system::error_code ignored;
  socket_.cancel(ignored);
}

void Connection::BecomeIdle() {
  scanner_.Reset();
  connected_.phase = Connected::Phase::kIdle;
  connected_.since = SteadyClock::now();
  connected_.due = connected_.since + front_->http.keep_alive;
}

void Connection::BeginRequest() {
  begin_ = SteadyClock::now();
  connected_.phase = Connected::Phase::kBusy;
  connected_.since = begin_;
  connected_.due = begin_ + front_->http.header_timeout;
}

// RFC 9112, 2.2: some clients send one after a request.
void Connection::SkipEmptyLines() {
  while (buffer_.bytes().starts_with("\r\n")) {
    buffer_.Consume(2);
    scanner_.Reset();
  }
}

Deadline Connection::RequestDeadline() const {
  return Deadline::At(begin_ + front_->http.request_deadline);
}

void Connection::Tell(const Answer& answer, const Exchange& exchange, std::size_t body_bytes,
                      bool complete) const {
  RequestRecord record;
  record.route = answer.route;
  record.method = head_.method_text;
  record.path = head_.target.substr(0, head_.target.find('?'));
  record.variant = answer.variant;
  record.request_id = exchange.request_id;
  record.remote_address = remote_address_;
  record.status = response_.status;
  if (const auto* const error = std::get_if<Error>(&answer.content)) {
    record.error = error->code;
    record.error_detail = error->detail;
  }
  if (const auto* const sent = std::get_if<SendPicture>(&answer.content)) {
    record.format = sent->picture->format;
  }
  record.body_bytes = body_bytes;
  record.complete = complete;
  record.cache = answer.cache;
  record.stages = answer.stages;
  record.total = std::chrono::duration_cast<std::chrono::microseconds>(SteadyClock::now() - begin_);
  front_->observer.OnRequestDone(record);
}

}  // namespace

asio::awaitable<void> ServeConnection(tcp::socket socket, std::shared_ptr<Front> front) {
  Connection connection(std::move(socket), std::move(front));
  co_await connection.Run();
}

}  // namespace thimble
