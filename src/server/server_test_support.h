// A server of its own on a free port of loopback, and a client that sends raw bytes to it.
#pragma once

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/packaged_task.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/asio/write.hpp>
#include <charconv>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>

#include "server/recording_observer_test_support.h"
#include "server/server.h"
#include "service/fakes_test_support.h"

namespace thimble {

// The server runs on its own thread; the test must touch what it uses only before the start or
// through Do.
class ServerForTest {
 public:
  explicit ServerForTest(Settings settings = {}) {
    settings.http.listen_port = 0;
    origin.Put("a.jpg", "\"v1\"");
    server_ = *Server::Create(context_.get_executor(), settings, origin, pool, observer);
    port_ = server_->Start()->port;
    thread_ = std::thread([this] { context_.run(); });
  }
  ~ServerForTest() {
    Do([this] {
      origin.gate.Open();
      pool.gate.Open();
      server_->Stop();
    });
    work_.reset();
    thread_.join();  // run() returns when no coroutine is left
  }
  ServerForTest(const ServerForTest&) = delete;
  ServerForTest& operator=(const ServerForTest&) = delete;

  // Runs `action` on the server's thread and waits for it.
  template <class Action>
  std::invoke_result_t<Action> Do(Action action) {
    std::packaged_task<std::invoke_result_t<Action>()> task(std::move(action));
    return boost::asio::post(context_, std::move(task)).get();
  }
  std::future<DrainOutcome> Drain() {
    return boost::asio::co_spawn(context_, server_->Drain(), boost::asio::use_future);
  }
  Status Apply(const Settings& settings, KeptPictures kept) {
    return Do([&] { return server_->Apply(settings, kept); });
  }
  // Waits until something is true on the server's thread.
  template <class Condition>
  void WaitUntil(Condition condition) {
    while (!Do(condition)) std::this_thread::yield();
  }
  std::uint16_t port() const { return port_; }

  FakeOrigin origin;
  FakePool pool;
  RecordingObserver observer;

 private:
  boost::asio::io_context context_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{
      context_.get_executor()};
  std::unique_ptr<Server> server_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

struct ReceivedResponse {
  int status = 0;    // 0: the connection ended before a whole response
  std::string head;  // with its empty line
  std::string body;

  std::string Field(std::string_view name) const {
    const std::string line = "\r\n" + std::string(name) + ": ";
    const std::size_t begin = head.find(line);
    if (begin == std::string::npos) return "(absent)";
    const std::size_t value = begin + line.size();
    return head.substr(value, head.find("\r\n", value) - value);
  }
};

class RawClient {
 public:
  explicit RawClient(std::uint16_t port) : socket_(context_) {
    socket_.connect({boost::asio::ip::address_v4::loopback(), port});
    const timeval patience{.tv_sec = 20, .tv_usec = 0};  // a hanging server fails a test
    ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }

  void Send(std::string_view bytes) {
    boost::system::error_code ignored;  // the server may have closed already
    boost::asio::write(socket_, boost::asio::buffer(bytes), ignored);
  }
  void EndSending() { socket_.shutdown(boost::asio::ip::tcp::socket::shutdown_send); }

  // Resets the connection instead of ending it in order.
  void Reset() {
    socket_.set_option(boost::asio::socket_base::linger(true, 0));
    socket_.close();
  }

  // Waits for the first `count` bytes, which stay to be read.
  std::string Peek(std::size_t count) {
    while (received_.size() < count) {
      if (!ReceiveMore()) break;
    }
    return received_.substr(0, count);
  }

  ReceivedResponse Read(bool has_body = true) {
    ReceivedResponse response;
    while (received_.find("\r\n\r\n") == std::string::npos) {
      if (!ReceiveMore()) return response;
    }
    response.head = Take(received_.find("\r\n\r\n") + 4);
    std::size_t length = 0;
    const std::string field = response.Field("Content-Length");
    if (has_body) std::from_chars(field.data(), field.data() + field.size(), length);
    while (received_.size() < length) {
      if (!ReceiveMore()) return response;
    }
    response.body = Take(length);
    response.status = std::stoi(response.head.substr(9, 3));
    return response;
  }
  ReceivedResponse Get(std::string_view target, std::string_view fields = "") {
    Send("GET " + std::string(target) + " HTTP/1.1\r\nHost: h\r\n" + std::string(fields) + "\r\n");
    return Read();
  }
  // True when the server has ended the connection and nothing unread is left.
  bool AtEnd() { return received_.empty() && !ReceiveMore() && at_end_; }

 private:
  bool ReceiveMore() {
    char bytes[16 * 1024];
    const ssize_t count = ::recv(socket_.native_handle(), bytes, sizeof bytes, 0);
    at_end_ = count == 0;
    if (count <= 0) return false;
    received_.append(bytes, static_cast<std::size_t>(count));
    return true;
  }
  std::string Take(std::size_t count) {
    std::string taken = received_.substr(0, count);
    received_.erase(0, count);
    return taken;
  }

  boost::asio::io_context context_;
  boost::asio::ip::tcp::socket socket_;
  std::string received_;
  bool at_end_ = false;
};

}  // namespace thimble
