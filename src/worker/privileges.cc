#include "worker/privileges.h"

#include <grp.h>
#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cstdint>

namespace thimble {
namespace {

constexpr unsigned int kNobody = 65'534;

// libcap would be one more library for two calls; glibc has no wrappers.
using Capabilities = std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3>;

__user_cap_header_struct OwnHeader() { return {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0}; }

bool CanBecomeNobody() {
  __user_cap_header_struct header = OwnHeader();
  Capabilities own{};
  if (::syscall(SYS_capget, &header, own.data()) != 0) return false;
  constexpr std::uint32_t kNeeded = (1u << CAP_SETUID) | (1u << CAP_SETGID) | (1u << CAP_KILL);
  return (own[0].effective & kNeeded) == kNeeded;
}

bool BecomeNobody() {
  return ::setgroups(0, nullptr) == 0 && ::setresgid(kNobody, kNobody, kNobody) == 0 &&
         ::setresuid(kNobody, kNobody, kNobody) == 0;
}

}  // namespace

bool DropPrivileges() {
  // In a user namespace that has no such user this fails: then capabilities alone are dropped.
  const bool user_ok = ::geteuid() != 0 || !CanBecomeNobody() || BecomeNobody();
  __user_cap_header_struct header = OwnHeader();
  const Capabilities none{};
  const bool capabilities_ok = ::syscall(SYS_capset, &header, none.data()) == 0;
  return user_ok && capabilities_ok;
}

}  // namespace thimble
