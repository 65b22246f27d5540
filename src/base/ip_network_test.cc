#include "base/ip_network.h"

#include <gtest/gtest.h>

namespace thimble {
namespace {

bool Holds(const char* network, const char* address) {
  const auto parsed = ParseIpNetwork(network);
  const auto candidate = ParseIpAddress(address);
  EXPECT_TRUE(parsed) << network;
  EXPECT_TRUE(candidate) << address;
  return parsed && candidate && parsed->Contains(*candidate);
}

TEST(IpNetworkTest, HoldsTheAddressesThatBeginWithItsPrefix) {
  EXPECT_TRUE(Holds("10.0.0.0/8", "10.255.0.1"));
  EXPECT_FALSE(Holds("10.0.0.0/8", "11.0.0.1"));
  EXPECT_TRUE(Holds("192.168.16.0/20", "192.168.31.255"));
  EXPECT_FALSE(Holds("192.168.16.0/20", "192.168.32.0"));
  EXPECT_TRUE(Holds("2001:db8::/33", "2001:db8:7fff::1"));
  EXPECT_FALSE(Holds("2001:db8::/33", "2001:db8:8000::1"));
  EXPECT_TRUE(Holds("127.0.0.1", "127.0.0.1"));
  EXPECT_FALSE(Holds("127.0.0.1", "127.0.0.2"));
  EXPECT_TRUE(Holds("::1/128", "::1"));
  EXPECT_TRUE(Holds("::/0", "192.0.2.1"));
  EXPECT_TRUE(Holds("0.0.0.0/0", "192.0.2.1"));
  EXPECT_FALSE(Holds("0.0.0.0/0", "2001:db8::1"));
}

TEST(IpNetworkTest, KnowsAnIpv4AddressInsideIpv6) {
  EXPECT_TRUE(Holds("10.0.0.0/8", "::ffff:10.1.2.3"));
  EXPECT_EQ(ShowIpAddress(*ParseIpAddress("::ffff:10.1.2.3")), "10.1.2.3");
  EXPECT_EQ(ShowIpAddress(*ParseIpAddress("2001:DB8::0:1")), "2001:db8::1");
  EXPECT_EQ(ParseIpAddress("fe80::1%eth0"), ParseIpAddress("fe80::1"));
}

TEST(IpNetworkTest, IsShownAsItIsRead) {
  for (const char* text : {"10.0.0.0/8", "192.0.2.1/32", "2001:db8::/33", "0.0.0.0/0", "::/0"}) {
    EXPECT_EQ(ShowIpNetwork(*ParseIpNetwork(text)), text);
  }
}

TEST(IpNetworkTest, RefusesWhatIsNone) {
  for (const char* text : {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "::/129", "host",
                           "10.0.0/8", "10.0.0.0/8x", "[::1]", "1.2.3.4%eth0", "010.0.0.1"}) {
    EXPECT_FALSE(ParseIpNetwork(text)) << text;
  }
}

}  // namespace
}  // namespace thimble
