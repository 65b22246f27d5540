// IP addresses and networks as values, for deciding whether one lies in the other.
//
// An IPv4 address and its form inside IPv6 (::ffff:192.0.2.1) are the same here: a socket that
// listens for both shows the latter.
//
// Thread-safety: values. Errors: nothing where a text is no address.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace thimble {

struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};  // IPv6; IPv4 mapped into it
  bool operator==(const IpAddress&) const = default;
};

// "192.0.2.1" or "2001:db8::1", perhaps with a zone ("fe80::1%eth0"), which is passed over.
std::optional<IpAddress> ParseIpAddress(std::string_view text);
// As one would write it: IPv4 with dots.
std::string ShowIpAddress(const IpAddress& address);

struct IpNetwork {
  IpAddress address;
  int prefix_bits = 128;  // of the 16 bytes

  bool Contains(const IpAddress& candidate) const;
};

// "10.0.0.0/8", "2001:db8::/32", or one address.
std::optional<IpNetwork> ParseIpNetwork(std::string_view text);
std::string ShowIpNetwork(const IpNetwork& network);

}  // namespace thimble
