// Keys from an agent beside the container: ECS, EKS pod identity, IoT Greengrass.
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
//
// Pure. Errors: kBadSetting.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace thimble {

inline constexpr std::string_view kEcsAgent = "http://169.254.170.2";

// The agent gets a secret token over this address and hands out keys: https, or http to this
// machine (a loopback address or "localhost") or to the agents' own addresses.
Status CheckContainerUrl(const std::string& url);

}  // namespace thimble
