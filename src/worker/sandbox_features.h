// What a worker's sandbox consists of on this kernel, as bits that fit a message and a text for the
// log.
#pragma once

#include <cstdint>
#include <string>

namespace thimble {

enum class SandboxFeature : std::uint32_t {
  kSeccomp = 1u << 0,          // the filter is loaded, and seen to work by the self-test
  kNoNewPrivileges = 1u << 1,  //
  kResourceLimits = 1u << 2,   // all of them
  kUnprivileged = 1u << 3,  // no capability is left; where root started the server, no root either
  kLandlock = 1u << 4,      // kernel 5.13
  kNoExecGain = 1u << 5,    // PR_SET_MDWE, kernel 6.3
};

struct SandboxReport {
  std::uint32_t features = 0;      // SandboxFeature bits
  std::uint32_t landlock_abi = 0;  // the kernel's; 0: none

  void Add(SandboxFeature feature) { features |= static_cast<std::uint32_t>(feature); }
  void Remove(SandboxFeature feature) { features &= ~static_cast<std::uint32_t>(feature); }
  bool Has(SandboxFeature feature) const {
    return (features & static_cast<std::uint32_t>(feature)) != 0;
  }
};

// E.g. "seccomp, no_new_privs, rlimits, unprivileged, landlock 7, mdwe"; "none" without any.
std::string DescribeSandbox(const SandboxReport& report);

}  // namespace thimble
