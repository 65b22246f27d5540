#include "http/client_address.h"

#include <gtest/gtest.h>

#include <vector>

namespace thimble {
namespace {

const std::vector<IpNetwork>& Proxies() {
  static const std::vector<IpNetwork> proxies = {*ParseIpNetwork("10.0.0.0/8"),
                                                 *ParseIpNetwork("2001:db8::/32"),
                                                 *ParseIpNetwork("127.0.0.1")};
  return proxies;
}

std::string Client(std::string_view peer, std::string_view forwarded_for) {
  return ClientAddress(peer, forwarded_for, Proxies());
}

TEST(ClientAddressTest, IsTheLastOneThatIsNoTrustedProxy) {
  EXPECT_EQ(Client("127.0.0.1", "198.51.100.7"), "198.51.100.7");
  EXPECT_EQ(Client("127.0.0.1", "198.51.100.7, 10.1.2.3"), "198.51.100.7");
  EXPECT_EQ(Client("10.0.0.1", "198.51.100.7 ,2001:db8::5,10.9.9.9"), "198.51.100.7");
  EXPECT_EQ(Client("10.0.0.1", "2001:0DB9::1"), "2001:db9::1");
}

TEST(ClientAddressTest, CannotBeForgedByWhatAClientWrites) {
  EXPECT_EQ(Client("198.51.100.7", "203.0.113.1"), "198.51.100.7");
  EXPECT_EQ(Client("127.0.0.1", "203.0.113.1, 10.0.0.9, 198.51.100.7"), "198.51.100.7");
}

TEST(ClientAddressTest, IsTheFirstWhereAllAreTrusted) {
  EXPECT_EQ(Client("10.0.0.1", "10.0.0.3, 10.0.0.2"), "10.0.0.3");
}

TEST(ClientAddressTest, MayCarryAPort) {
  EXPECT_EQ(Client("127.0.0.1", "198.51.100.7:4711"), "198.51.100.7");
  EXPECT_EQ(Client("127.0.0.1", "[2001:db9::1]:4711"), "2001:db9::1");
  EXPECT_EQ(Client("127.0.0.1", "[2001:db9::1]"), "2001:db9::1");
}

TEST(ClientAddressTest, StopsAtWhatIsNoAddress) {
  EXPECT_EQ(Client("10.0.0.1", "198.51.100.7, unknown"), "10.0.0.1");
  EXPECT_EQ(Client("10.0.0.1", "198.51.100.7, \n, 10.0.0.2"), "10.0.0.2");
  EXPECT_EQ(Client("10.0.0.1", ","), "10.0.0.1");
  EXPECT_EQ(Client("10.0.0.1", "[::1"), "10.0.0.1");
  EXPECT_EQ(Client("-", "198.51.100.7"), "-");
}

TEST(ClientAddressTest, IsThePeerWhereNobodyIsTrusted) {
  EXPECT_EQ(ClientAddress("127.0.0.1", "198.51.100.7", {}), "127.0.0.1");
}

TEST(ClientAddressTest, KnowsAnIpv4ProxyOnAnIpv6Socket) {
  EXPECT_EQ(Client("::ffff:10.0.0.1", "198.51.100.7"), "198.51.100.7");
}

}  // namespace
}  // namespace thimble
