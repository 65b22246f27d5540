// Accepts connections: never more than the limit, and never gives up when descriptors run out.
//
// At the limit the connection that has been idle longest makes room; when all are busy, new ones
// wait in the kernel's queue until one ends.
//
// Thread-safety: none; one thread. Errors: kBadSetting for an address that is none, kSystem when it
// cannot be bound.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <memory>

#include "base/error.h"
#include "server/connection.h"

namespace thimble {

// Bound and listening. Port 0: any free one.
Expected<boost::asio::ip::tcp::acceptor> Listen(boost::asio::any_io_executor executor,
                                                const HttpSettings& settings);

// Serves every connection that comes, until `acceptor` is closed.
boost::asio::awaitable<void> AcceptConnections(
    std::shared_ptr<boost::asio::ip::tcp::acceptor> acceptor, std::shared_ptr<Front> front);

}  // namespace thimble
