#include "origin/text_exchange.h"

#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace thimble {
namespace {

constexpr std::size_t kMaxTextBytes = 64 * 1024;

Expected<std::string> TextOfSealedBytes(const SealedBytes& bytes) {
  if (bytes.in_own_memory() || bytes.size() == 0) return std::string(TextOf(bytes.own_memory()));
  std::string text(bytes.size(), '\0');
  std::size_t filled = 0;
  while (filled < text.size()) {
    const ssize_t got =
        ::pread(bytes.fd(), text.data() + filled, text.size() - filled, static_cast<off_t>(filled));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return FailErrno("pread");
    filled += static_cast<std::size_t>(got);
  }
  return text;
}

}  // namespace

Expected<HttpClient> MakeTextClient(const boost::asio::any_io_executor& executor,
                                    const ConnectionOptions& connections,
                                    std::chrono::milliseconds patience) {
  FetchLimits shorter = connections.limits;
  shorter.max_bytes = kMaxTextBytes;
  shorter.connect_timeout = std::min(connections.limits.connect_timeout, patience);
  shorter.first_byte_timeout = patience;
  return HttpClient::Create(executor, shorter, connections.ca_file);
}

boost::asio::awaitable<Expected<TextAnswer>> AskForText(HttpClient& client, HttpRequest request,
                                                        Deadline deadline) {
  auto answer = co_await client.Perform(std::move(request), deadline);
  if (!answer) co_return Forward(answer);
  TextAnswer text{.status = answer->head.status(), .text = std::move(answer->error_text)};
  if (!answer->body) co_return text;
  auto body = TextOfSealedBytes(*answer->body);
  if (!body) co_return Forward(body);
  text.text = std::move(*body);
  co_return text;
}

std::string_view TrimmedLine(std::string_view text) {
  constexpr std::string_view kSpaces = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kSpaces);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpaces) - first + 1);
}

}  // namespace thimble
