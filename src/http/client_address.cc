#include "http/client_address.h"

#include <algorithm>
#include <optional>

#include "base/ascii.h"

namespace thimble {
namespace {

bool IsTrusted(const IpAddress& address, std::span<const IpNetwork> proxies) {
  return std::any_of(proxies.begin(), proxies.end(),
                     [&](const IpNetwork& proxy) { return proxy.Contains(address); });
}

// "192.0.2.1", "2001:db8::1", and with a port "192.0.2.1:80", "[2001:db8::1]:80".
std::optional<IpAddress> AddressIn(std::string_view entry) {
  if (entry.starts_with('[')) {
    const std::size_t end = entry.find(']');
    return end == std::string_view::npos ? std::nullopt : ParseIpAddress(entry.substr(1, end - 1));
  }
  const bool has_port = std::count(entry.begin(), entry.end(), ':') == 1;
  return ParseIpAddress(has_port ? entry.substr(0, entry.find(':')) : entry);
}

}  // namespace

std::string ClientAddress(std::string_view peer, std::string_view forwarded_for,
                          std::span<const IpNetwork> trusted_proxies) {
  std::optional<IpAddress> client = ParseIpAddress(peer);
  if (!client || trusted_proxies.empty()) return std::string(peer);
  while (!forwarded_for.empty() && IsTrusted(*client, trusted_proxies)) {
    const std::size_t comma = forwarded_for.rfind(',');
    const bool is_first = comma == std::string_view::npos;
    const auto entry = AddressIn(Trimmed(forwarded_for.substr(is_first ? 0 : comma + 1)));
    if (!entry) break;
    client = entry;
    forwarded_for = forwarded_for.substr(0, is_first ? 0 : comma);
  }
  return ShowIpAddress(*client);
}

}  // namespace thimble
