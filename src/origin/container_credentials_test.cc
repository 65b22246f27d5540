#include "origin/container_credentials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace thimble {
namespace {

TEST(CheckContainerUrl, LetsThroughThisMachineTheAgentsAndHttps) {
  for (const char* url :
       {"http://169.254.170.2/v2/credentials/a-b?x=1", "http://169.254.170.23/v1/credentials",
        "http://[fd00:ec2::23]/v1/credentials", "http://127.0.0.1:8080/x", "http://127.9.9.9/",
        "http://[::1]:80/x", "http://localhost/x", "https://agent.example/x"}) {
    const Status allowed = CheckContainerUrl(url);
    EXPECT_TRUE(allowed) << url << ": " << allowed.error().detail;
  }
}

TEST(CheckContainerUrl, NeverSendsTheTokenElsewhereInTheClear) {
  for (const char* url :
       {"http://agent.example/x", "http://169.254.169.254/latest", "http://10.0.0.1/",
        "http://127.evil.example/", "http://localhost.evil.example/", "http://8.8.8.8/",
        "http://[::2]/", "http://[fd00:ec2::254]/", "http://169.254.170.2@evil.example/",
        "http://169.254.170.2.evil.example/x", "ftp://127.0.0.1/", "file:///etc/passwd", "",
        "169.254.170.2/x", "http://127.0.0.1/a\r\nX: y"}) {
    const Status allowed = CheckContainerUrl(url);
    ASSERT_FALSE(allowed) << url;
    EXPECT_EQ(allowed.error().code, ErrorCode::kBadSetting);
  }
}

}  // namespace
}  // namespace thimble
