#include "base/ip_network.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <system_error>

namespace thimble {
namespace {

constexpr std::array<std::uint8_t, 12> kMappedPrefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr int kMappedPrefixBits = 96;

bool IsMapped(const IpAddress& address) {
  return std::equal(kMappedPrefix.begin(), kMappedPrefix.end(), address.bytes.begin());
}

}  // namespace

std::optional<IpAddress> ParseIpAddress(std::string_view text) {
  const std::string copy(text.substr(0, text.find('%')));
  IpAddress address;
  if (::inet_pton(AF_INET6, copy.c_str(), address.bytes.data()) == 1) return address;
  if (copy.size() != text.size()) return std::nullopt;  // only IPv6 has zones
  std::copy(kMappedPrefix.begin(), kMappedPrefix.end(), address.bytes.begin());
  std::uint8_t* const last = address.bytes.data() + kMappedPrefix.size();
  if (::inet_pton(AF_INET, copy.c_str(), last) == 1) return address;
  return std::nullopt;
}

std::string ShowIpAddress(const IpAddress& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const bool mapped = IsMapped(address);
  const std::uint8_t* const bytes = address.bytes.data() + (mapped ? kMappedPrefix.size() : 0);
  ::inet_ntop(mapped ? AF_INET : AF_INET6, bytes, text.data(), text.size());
  return text.data();
}

bool IpNetwork::Contains(const IpAddress& candidate) const {
  const auto whole = static_cast<std::size_t>(prefix_bits / 8);
  const int rest = prefix_bits % 8;
  if (!std::equal(candidate.bytes.begin(), candidate.bytes.begin() + static_cast<long>(whole),
                  address.bytes.begin())) {
    return false;
  }
  if (rest == 0) return true;
  const int mask = (0xff00 >> rest) & 0xff;
  return (candidate.bytes[whole] & mask) == (address.bytes[whole] & mask);
}

std::optional<IpNetwork> ParseIpNetwork(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::string_view host = text.substr(0, slash);
  const std::optional<IpAddress> address = ParseIpAddress(host);
  if (!address) return std::nullopt;
  IpNetwork network{.address = *address};
  if (slash == std::string_view::npos) return network;

  const std::string_view digits = text.substr(slash + 1);
  const bool is_v4 = host.find(':') == std::string_view::npos;
  int bits = 0;
  const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
  const bool whole = problem == std::errc{} && end == digits.data() + digits.size();
  if (!whole || bits < 0 || bits > (is_v4 ? 32 : 128)) return std::nullopt;
  network.prefix_bits = is_v4 ? kMappedPrefixBits + bits : bits;
  return network;
}

std::string ShowIpNetwork(const IpNetwork& network) {
  const bool is_v4 = IsMapped(network.address) && network.prefix_bits >= kMappedPrefixBits;
  const int bits = network.prefix_bits - (is_v4 ? kMappedPrefixBits : 0);
  return ShowIpAddress(network.address) + '/' + std::to_string(bits);
}

}  // namespace thimble
