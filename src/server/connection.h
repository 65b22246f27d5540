// One client's connection: reads requests, has them answered in order, writes the answers.
//
// Times: an idle connection ends after `keep_alive`; a request's head must arrive within
// `header_timeout` of its first byte (else 408); the answer must have begun by the request's one
// absolute deadline. From then on it may take as long as the client needs, while each part of it is
// taken within `write_timeout` of the one before and, on the whole, not slower than
// `min_write_rate`.
//
// A client that leaves while its answer is being made is noticed, and nothing more is done for it;
// one that only ends its own side is served.
//
// Thread-safety: none; one thread. Ownership: the coroutine owns the connection and shares the
// Front. Errors: none are returned; each ends the connection.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <memory>

#include "observe/records.h"
#include "server/connection_registry.h"
#include "server/request_id.h"
#include "server/respond.h"
#include "server/routes.h"
#include "settings/settings.h"

namespace thimble {

// What all connections share.
struct Front {
  HttpSettings http;
  Routes& routes;
  Responder responder;
  RequestIds request_ids;
  RequestObserver& observer;
  ConnectionRegistry connections;
  int requests_in_flight = 0;
  bool draining = false;  // every answer is its connection's last
};

boost::asio::awaitable<void> ServeConnection(boost::asio::ip::tcp::socket socket,
                                             std::shared_ptr<Front> front);

}  // namespace thimble
