// What fetching an original costs: over HTTP from a server on the loopback, whose thread counts for
// nobody, with the connection kept; and from a file. Argument: KiB of the original.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <boost/asio.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <thread>

#include "origin/file_origin.h"
#include "origin/http_client.h"

namespace thimble {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;

constexpr std::size_t kKiB = 1024;

// Answers every request on its one connection with the same bytes, until the client closes it.
class OneClientServer {
 public:
  explicit OneClientServer(std::size_t body_bytes)
      : answer_("HTTP/1.1 200 OK\r\nETag: \"1\"\r\nContent-Length: " + std::to_string(body_bytes) +
                "\r\n\r\n" + std::string(body_bytes, 'x')),
        thread_([this] { Serve(); }) {}
  // REQUIRES that the client's connection is closed.
  ~OneClientServer() { thread_.join(); }

  std::string url() const {
    return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()) + "/a.jpg";
  }

 private:
  void Serve() {
    asio::ip::tcp::socket client = acceptor_.accept();
    client.set_option(asio::ip::tcp::no_delay(true));
    boost::system::error_code closed;
    std::string request;
    while (!closed) {
      request.erase(0, asio::read_until(client, asio::dynamic_buffer(request), "\r\n\r\n", closed));
      if (!closed) asio::write(client, asio::buffer(answer_), closed);
    }
  }

  std::string answer_;
  asio::io_context context_;
  asio::ip::tcp::acceptor acceptor_{context_, {asio::ip::address_v4::loopback(), 0}};
  std::thread thread_;
};

// Runs one coroutine to its end.
template <class T>
T RunToEnd(asio::io_context& context, asio::awaitable<T> work) {
  std::optional<T> result;
  asio::co_spawn(context, std::move(work), [&](const std::exception_ptr& thrown, T value) {
    if (thrown) std::rethrow_exception(thrown);
    result.emplace(std::move(value));
  });
  context.restart();
  context.run();
  return std::move(result).value();
}

std::size_t BodyBytes(const benchmark::State& state) {
  return static_cast<std::size_t>(state.range(0)) * kKiB;
}

Deadline Soon() { return Deadline::After(std::chrono::seconds(30)); }

void BM_FetchOverHttp(benchmark::State& state) {
  OneClientServer server(BodyBytes(state));
  asio::io_context context;
  HttpClient client = *HttpClient::Create(context.get_executor(), {});
  const HttpRequest request{.url = server.url()};
  for (auto _ : state) {
    const auto answer = RunToEnd(context, client.Perform(request, Soon()));
    if (!answer || !answer->body || answer->body->size() != BodyBytes(state)) {
      state.SkipWithError("not fetched");
      break;
    }
  }
}

void BM_FetchFromFile(benchmark::State& state) {
  const fs::path root =
      fs::temp_directory_path() / ("fetch_benchmark_" + std::to_string(::getpid()));
  fs::create_directories(root);
  std::ofstream(root / "a.jpg", std::ios::binary) << std::string(BodyBytes(state), 'x');
  const auto origin = *MakeFileOrigin(root.string(), {});
  asio::io_context context;
  for (auto _ : state) {
    const auto original = RunToEnd(context, origin->Fetch(SourceKey{"a.jpg"}, Soon()));
    if (!original || original->bytes->size() != BodyBytes(state)) {
      state.SkipWithError("not read");
      break;
    }
  }
  fs::remove_all(root);
}

BENCHMARK(BM_FetchOverHttp)->Unit(benchmark::kMicrosecond)->Arg(20)->Arg(800)->Arg(4'000);
// The reading threads are part of it.
BENCHMARK(BM_FetchFromFile)
    ->Unit(benchmark::kMicrosecond)
    ->MeasureProcessCPUTime()
    ->Arg(20)
    ->Arg(800)
    ->Arg(4'000);

}  // namespace
}  // namespace thimble
