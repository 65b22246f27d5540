// Offers load to a server and tells what became of it. Usage:
//
//   load_generator PORT SECONDS closed:CLIENTS|open:RATE KEYS WIDTHS
//
// closed: so many clients, each of which asks again as soon as it has its answer. open: so many
// requests a second whatever becomes of them, as from people who do not know of each other. Each
// request names one of KEYS originals (/resize/photo-N) and one of the comma-separated WIDTHS.
// Prints one JSON object: for each status the number of answers and their latencies in
// milliseconds, from the moment at which the request was due.
#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Clock = std::chrono::steady_clock;

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kMostConnections = 8000;

struct Client {
  explicit Client(asio::io_context& io) : socket(io) {}
  tcp::socket socket;
  std::string received;
};

class Load {
 public:
  Load(asio::io_context& io, std::uint16_t port, int keys, std::vector<int> widths)
      : io_(io),
        server_(asio::ip::address_v4::loopback(), port),
        keys_(keys),
        widths_(std::move(widths)) {}

  asio::awaitable<void> RunClosed(Clock::time_point end) {
    while (Clock::now() < end) co_await RunOne(Clock::now());
  }

  asio::awaitable<void> RunOpen(double rate, Clock::time_point end) {
    asio::steady_timer timer(io_);
    const auto begin = Clock::now();
    std::exponential_distribution<double> gap(rate);
    double due_seconds = 0;
    for (;;) {
      due_seconds += gap(random_);
      const auto due = begin + std::chrono::duration_cast<Clock::duration>(
                                   std::chrono::duration<double>(due_seconds));
      if (due >= end) co_return;
      if (due > Clock::now()) {
        timer.expires_at(due);
        co_await timer.async_wait(kNoThrow);
      }
      asio::co_spawn(io_, RunOne(due), asio::detached);
    }
  }

  void Print() {
    std::printf("{");
    const char* separator = "";
    for (auto& [status, times] : latencies_) {
      std::sort(times.begin(), times.end());
      const auto at = [&times = times](double share) {
        return times[static_cast<std::size_t>(share * static_cast<double>(times.size() - 1))];
      };
      std::printf(R"(%s"%d": {"count": %zu, "p50": %.1f, "p90": %.1f, "p99": %.1f, "max": %.1f})",
                  separator, status, times.size(), at(0.5), at(0.9), at(0.99), times.back());
      separator = ", ";
    }
    std::printf("}\n");
  }

 private:
  // Status 0: no whole answer.
  asio::awaitable<void> RunOne(Clock::time_point due) {
    std::unique_ptr<Client> client = co_await Connected();
    int status = 0;
    if (client) {
      std::string request =
          "GET /resize/photo-" + std::to_string(Below(keys_)) + "?q=80&w=" +
          std::to_string(
              widths_[static_cast<std::size_t>(Below(static_cast<int>(widths_.size())))]) +
          " HTTP/1.1\r\nHost: x\r\n\r\n";
      const auto [failed, sent] =
          co_await asio::async_write(client->socket, asio::buffer(request), kNoThrow);
      if (!failed) status = co_await ReadAnswer(*client);
      if (status != 0)
        free_.push_back(std::move(client));
      else
        --open_;
    }
    const std::chrono::duration<double, std::milli> took = Clock::now() - due;
    latencies_[status].push_back(took.count());
  }

  asio::awaitable<std::unique_ptr<Client>> Connected() {
    if (!free_.empty()) {
      auto client = std::move(free_.back());
      free_.pop_back();
      co_return client;
    }
    if (open_ >= kMostConnections) co_return nullptr;
    ++open_;
    auto client = std::make_unique<Client>(io_);
    const auto [failed] = co_await client->socket.async_connect(server_, kNoThrow);
    if (failed) {
      --open_;
      co_return nullptr;
    }
    co_return client;
  }

  static asio::awaitable<int> ReadAnswer(Client& client) {
    client.received.clear();
    const auto [failed, head] = co_await asio::async_read_until(
        client.socket, asio::dynamic_buffer(client.received), "\r\n\r\n", kNoThrow);
    if (failed) co_return 0;
    const std::string_view text = client.received;
    int status = 0;
    std::from_chars(text.data() + 9, text.data() + 12, status);
    const std::size_t field = text.find("Content-Length: ");
    std::size_t length = 0;
    if (field < head) std::from_chars(text.data() + field + 16, text.data() + text.size(), length);
    std::size_t left = head + length - std::min(head + length, client.received.size());
    std::vector<char> ignored(64 * 1024);
    while (left > 0) {
      const auto [broken, count] = co_await client.socket.async_read_some(
          asio::buffer(ignored.data(), std::min(left, ignored.size())), kNoThrow);
      if (broken) co_return 0;
      left -= count;
    }
    co_return status;
  }

  int Below(int limit) { return std::uniform_int_distribution<int>(0, limit - 1)(random_); }

  asio::io_context& io_;
  tcp::endpoint server_;
  int keys_;
  std::vector<int> widths_;
  std::minstd_rand random_{1};
  std::vector<std::unique_ptr<Client>> free_;
  std::size_t open_ = 0;
  std::map<int, std::vector<double>> latencies_;
};

std::vector<int> Numbers(std::string_view text) {
  std::vector<int> numbers;
  while (!text.empty()) {
    int number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    numbers.push_back(number);
    const std::size_t comma = text.find(',');
    text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
  }
  return numbers;
}

}  // namespace

int main(int count, char** words) {
  if (count != 6) {
    std::fputs("usage: load_generator PORT SECONDS closed:CLIENTS|open:RATE KEYS WIDTHS\n", stderr);
    return 2;
  }
  const std::string_view mode = words[3];
  asio::io_context io(1);
  Load load(io, static_cast<std::uint16_t>(std::atoi(words[1])), std::atoi(words[4]),
            Numbers(words[5]));
  const auto end =
      Clock::now() + std::chrono::milliseconds(static_cast<int>(std::atof(words[2]) * 1000));
  const int amount = std::atoi(words[3] + mode.find(':') + 1);
  if (mode.starts_with("open:")) {
    asio::co_spawn(io, load.RunOpen(amount, end), asio::detached);
  } else {
    for (int i = 0; i < amount; ++i) asio::co_spawn(io, load.RunClosed(end), asio::detached);
  }
  io.run();
  load.Print();
}
