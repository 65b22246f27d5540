// Small answers as text, from services that hand out keys.
//
// Errors: those of HttpClient::Perform.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <string>

#include "base/deadline.h"
#include "base/error.h"
#include "origin/http_client.h"

namespace thimble {

// How services that hand out keys are connected to.
struct ConnectionOptions {
  FetchLimits limits{};
  std::string ca_file{};  // certificates to trust, in PEM; empty: the system's
};

// A client for answers of a few KiB. Connecting and the wait for an answer are no longer than
// `patience`.
Expected<HttpClient> MakeTextClient(const boost::asio::any_io_executor& executor,
                                    const ConnectionOptions& connections,
                                    std::chrono::milliseconds patience);

struct TextAnswer {
  int status = 0;
  std::string text{};  // of another status than 200 only the beginning
};

boost::asio::awaitable<Expected<TextAnswer>> AskForText(HttpClient& client, HttpRequest request,
                                                        Deadline deadline);

// Without spaces and line ends around it.
std::string_view TrimmedLine(std::string_view text);

}  // namespace thimble
