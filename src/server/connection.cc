#include "server/connection.h"

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <optional>
#include <utility>

#include "http/client_address.h"
#include "http/request_head.h"
#include "server/client_watch.h"
#include "server/receive_buffer.h"
#include "server/write_pace.h"

namespace thimble {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);

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
        connected_{.abort = [this] { Abort(); },
                   .on_due = [this] { OnDue(); },
                   .refuse = [this] { StopMaking(kDraining); }},
        place_(front_->connections.Add(connected_)) {
    boost::system::error_code failed;
    socket_.non_blocking(true, failed);  // for WriteAtOnce; Asio's own operations need it anyway
    if (failed) open_ = false;
  }
  ~Connection() { front_->connections.Remove(place_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  asio::awaitable<void> Run();

 private:
  enum class Received { kHead, kRefused, kPart, kNothing };

  static constexpr ErrorCode kDraining = ErrorCode::kDraining;
  static constexpr ErrorCode kClientGone = ErrorCode::kClientGone;

  Received TakeHead();
  Received WhyNoMoreCame();
  Begun Begin();
  Begun Refuse();
  asio::awaitable<Answer> Finish(Begun begun);
  ByteSpan Render(const Answer& answer);
  bool WriteAtOnce();
  void NoteWritten(std::size_t count);
  asio::awaitable<void> WriteRest();
  asio::awaitable<void> Linger();

  void Abort();
  void OnDue();
  void StopMaking(ErrorCode why);
  bool client_is_gone() const { return stopped_ == kClientGone; }
  void BecomeIdle();
  void BeginRequest();
  void SkipEmptyLines();
  Deadline RequestDeadline() const;
  void Tell(const Answer& answer, std::size_t body_bytes);

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
  std::array<asio::const_buffer, 2> unwritten_;  // of the response
  std::size_t sent_ahead_ = 0;                   // of its first bytes, while it was being made
  bool complete_ = false;                        // all of the response was written
  std::optional<WritePace> pace_;                // while the socket does not take it at once
  asio::cancellation_signal stop_making_;        // the answer
  bool making_ = false;
  std::optional<ErrorCode> stopped_;  // why the answer was not made to its end
  Error refusal_;                     // why the head was refused
  std::string_view refused_head_;     // what was received of it
  SteadyClock::time_point begin_;
  SteadyClock::time_point idle_since_ = SteadyClock::now();
  bool aborted_ = false;
  bool open_ = true;              // another request may follow
  bool client_may_talk_ = false;  // of what we will not read: a body, a refused head's rest
};

// What a hit in the memory cache passes through is called and not awaited: a coroutine's frame, and
// the scheduler's turn after each, would cost as much as all the work.
asio::awaitable<void> Connection::Run() {
  while (open_) {
    BecomeIdle();
    Received received = TakeHead();
    while (received == Received::kPart) {
      const std::span<char> room = buffer_.Room();
      const auto [error, count] =
          co_await socket_.async_read_some(asio::buffer(room.data(), room.size()), kNoThrow);
      buffer_.Commit(count);
      received = error ? WhyNoMoreCame() : TakeHead();
    }
    if (received == Received::kNothing) co_return;

    Begun begun = received == Received::kHead ? Begin() : Refuse();
    Answer answer;
    if (begun.target) {
      answer = co_await Finish(std::move(begun));
    } else {
      answer = std::move(begun.answer);
    }
    const ByteSpan body = Render(answer);
    if (!WriteAtOnce()) co_await WriteRest();
    Tell(answer, client_is_gone() ? 0 : body.size());
  }
  co_await Linger();
}

// kPart: more bytes are needed.
Connection::Received Connection::TakeHead() {
  SkipEmptyLines();
  if (buffer_.empty()) return Received::kPart;
  if (connected_.phase == Connected::Phase::kIdle) BeginRequest();
  refused_head_ = buffer_.bytes();
  Expected<std::size_t> length = scanner_.Scan(buffer_.bytes());
  if (!length) {
    refusal_ = std::move(length.error());
    return Received::kRefused;
  }
  if (*length == 0) return Received::kPart;
  refused_head_ = buffer_.bytes().substr(0, *length);
  Status parsed = ParseRequestHead(refused_head_, limits_, head_);
  buffer_.Consume(*length);  // the bytes stay where they are until the next request
  if (parsed) return Received::kHead;
  refusal_ = std::move(parsed.error());
  return Received::kRefused;
}

// The client is gone or its time is up.
Connection::Received Connection::WhyNoMoreCame() {
  const bool too_slow = aborted_ && connected_.phase == Connected::Phase::kBusy;
  if (!too_slow) return Received::kNothing;
  refusal_ = Error{ErrorCode::kRequestTimeout, {}};
  refused_head_ = buffer_.bytes();
  return Received::kRefused;
}

// What threw (out of memory) costs this request only.
Begun Connection::Begin() {
  front_->request_ids.Assign(head_.request_id, request_id_);
  Begun begun;
  ++front_->requests_in_flight;
  try {
    begun = front_->routes.Begin(head_);
  } catch (const std::exception& thrown) {
    begun.answer.content = Error{ErrorCode::kInternal, thrown.what()};
  }
  --front_->requests_in_flight;
  return begun;
}

// As Begin. Runs as a coroutine of its own, which can be cancelled when the client leaves.
asio::awaitable<Answer> Connection::Finish(Begun begun) {
  connected_.due = SteadyClock::time_point::max();  // what answers has the deadline
  Answer answer;
  ++front_->requests_in_flight;
  making_ = true;
  std::optional<ClientWatch> watch;
  try {
    watch.emplace(socket_, kResponseStart, [this] { StopMaking(kClientGone); });
    answer = co_await asio::co_spawn(
        socket_.get_executor(), front_->routes.Finish(std::move(begun), head_, RequestDeadline()),
        asio::bind_cancellation_slot(stop_making_.slot(), asio::use_awaitable));
  } catch (const std::exception& thrown) {
    answer.content = Error{ErrorCode::kInternal, thrown.what()};
  }
  making_ = false;
  if (watch) sent_ahead_ = watch->sent_ahead();
  --front_->requests_in_flight;
  if (stopped_) answer.content = Error{*stopped_, {}};
  co_return answer;
}

// Nothing after a refused head can be trusted: answer and close.
Begun Connection::Refuse() {
  open_ = false;
  client_may_talk_ = true;
  aborted_ = false;
  front_->request_ids.Assign(RequestIdIn(refused_head_), request_id_);
  head_ = RequestHead();
  head_.method_text = head_.target = "-";
  Begun begun;
  begun.answer.content = std::move(refusal_);
  return begun;
}

// Gives the body; the whole response is then unwritten.
ByteSpan Connection::Render(const Answer& answer) {
  client_may_talk_ = client_may_talk_ || head_.has_body;
  open_ = open_ && head_.keep_alive && !head_.has_body && !front_->draining && !client_is_gone();
  const Exchange exchange{.is_head = head_.method == Method::kHead,
                          .keep_alive = open_,
                          .minor_version = head_.minor_version,
                          .accept = head_.accept,
                          .request_id = request_id_};
  front_->responder.Render(answer, exchange, response_);
  const ByteSpan body = BodyOf(answer, response_, exchange.is_head);
  unwritten_ = {asio::buffer(response_.head), asio::buffer(body.data(), body.size())};
  unwritten_[0] += std::exchange(sent_ahead_, 0);
  complete_ = false;
  return body;
}

// Writes what the socket's buffer takes: mostly everything. True: nothing is left to be tried. A
// client whose next request is here already gets its answer from WriteRest, which lets the others
// have their turn in between.
bool Connection::WriteAtOnce() {
  if (aborted_ || client_is_gone()) return true;
  if (!buffer_.empty()) return false;
  boost::system::error_code error;
  const std::size_t count = socket_.write_some(unwritten_, error);
  if (error) return error != asio::error::would_block;
  NoteWritten(count);
  return complete_;
}

void Connection::NoteWritten(std::size_t count) {
  const std::size_t of_head = std::min(count, unwritten_[0].size());
  unwritten_[0] += of_head;
  unwritten_[1] += count - of_head;
  complete_ = asio::buffer_size(unwritten_) == 0;
}

asio::awaitable<void> Connection::WriteRest() {
  pace_.emplace(front_->http, socket_.native_handle(), SteadyClock::now());
  connected_.due = pace_->next_look();
  boost::system::error_code failed;
  while (!complete_ && !failed) {
    const auto [error, count] = co_await socket_.async_write_some(unwritten_, kNoThrow);
    failed = error;
    NoteWritten(count);
    pace_->NoteWritten(count);
  }
  pace_.reset();
}

// Our last word is said: lets the client read it, ignoring what it still sends.
asio::awaitable<void> Connection::Linger() {
  boost::system::error_code error;
  const bool unread = client_may_talk_ || !buffer_.empty() || socket_.available(error) > 0;
  if (!unread || aborted_ || client_is_gone()) co_return;
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
  StopMaking(kDraining);
  boost::system::error_code ignored;
  socket_.cancel(ignored);
}

// A client that takes its answer has all the time it needs.
void Connection::OnDue() {
  if (!pace_ || !pace_->IsKept(SteadyClock::now())) return Abort();
  connected_.due = pace_->next_look();
}

// Nothing happens when no answer is being made.
void Connection::StopMaking(ErrorCode why) {
  if (!making_ || stopped_) return;
  stopped_ = why;
  stop_making_.emit(asio::cancellation_type::terminal);
}

void Connection::BecomeIdle() {
  scanner_.Reset();
  connected_.phase = Connected::Phase::kIdle;
  connected_.since = idle_since_;
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

void Connection::Tell(const Answer& answer, std::size_t body_bytes) {
  open_ = open_ && complete_;
  idle_since_ = SteadyClock::now();
  RequestRecord record;
  record.route = answer.route;
  record.method = head_.method_text;
  record.path = head_.target.substr(0, head_.target.find('?'));
  record.variant = answer.variant;
  record.request_id = request_id_;
  record.remote_address = remote_address_;
  std::string client;
  if (!front_->http.trusted_proxies.empty()) {
    client = ClientAddress(remote_address_, head_.forwarded_for, front_->http.trusted_proxies);
    record.remote_address = client;
  }
  record.status = response_.status;
  if (const auto* const error = std::get_if<Error>(&answer.content)) {
    record.error = error->code;
    record.error_detail = error->detail;
  }
  if (const auto* const sent = std::get_if<SendPicture>(&answer.content)) {
    record.format = sent->picture->format;
  }
  record.body_bytes = body_bytes;
  record.complete = complete_;
  record.cache = answer.cache;
  record.stages = answer.stages;
  record.total = std::chrono::duration_cast<std::chrono::microseconds>(idle_since_ - begin_);
  front_->observer.OnRequestDone(record);
}

}  // namespace

asio::awaitable<void> ServeConnection(tcp::socket socket, std::shared_ptr<Front> front) {
  Connection connection(std::move(socket), std::move(front));
  co_await connection.Run();
}

}  // namespace thimble
