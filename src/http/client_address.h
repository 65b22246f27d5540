// Who sent a request: the peer, or, behind proxies that the operator trusts, the last address of
// X-Forwarded-For that is none of theirs.
//
// Each proxy appends the address it was called from, so only what trusted proxies appended can be
// believed, and that is read from the right. Whatever a client wrote itself stands further left.
//
// Pure. Thread-safety: any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/ip_network.h"

namespace thimble {

// `forwarded_for`: the field's lines joined by commas. Where an entry that counts is no address
// ("unknown", an obfuscated name), it is the trusted address before it that is given.
std::string ClientAddress(std::string_view peer, std::string_view forwarded_for,
                          std::span<const IpNetwork> trusted_proxies);

}  // namespace thimble
