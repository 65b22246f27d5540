#include "worker/landlock.h"

#include <linux/landlock.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/unique_fd.h"

namespace thimble {
namespace {

// Debian 12's header knows version 2; the kernel may be newer than the header, so the later fields
// and bits are spelled out here.
struct RulesetAttributes {
  std::uint64_t handled_access_fs;
  std::uint64_t handled_access_net;  // since 4
  std::uint64_t scoped;              // since 6
};

constexpr std::uint64_t BitsBelow(unsigned int bit) { return (std::uint64_t{1} << bit) - 1; }

std::uint64_t FileRights(std::uint32_t abi) {
  if (abi >= 5) return BitsBelow(16);  // with ioctl on devices
  if (abi >= 3) return BitsBelow(15);  // with truncate
  if (abi >= 2) return BitsBelow(14);  // with renaming across directories
  return BitsBelow(13);
}

std::size_t AttributesSize(std::uint32_t abi) {
  if (abi >= 6) return sizeof(RulesetAttributes);
  return abi >= 4 ? 2 * sizeof(std::uint64_t) : sizeof(std::uint64_t);
}

}  // namespace

std::uint32_t DenyWithLandlock() {
  const long version =
      ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (version < 1) return 0;
  const auto abi = static_cast<std::uint32_t>(version);
  // Handled and allowed by no rule is denied.
  const RulesetAttributes attributes{
      .handled_access_fs = FileRights(abi),
      .handled_access_net = abi >= 4 ? BitsBelow(2) : 0,  // bind and connect
      .scoped = abi >= 6 ? BitsBelow(2) : 0,              // abstract sockets, signals
  };
  const UniqueFd ruleset(static_cast<int>(
      ::syscall(SYS_landlock_create_ruleset, &attributes, AttributesSize(abi), 0)));
  if (!ruleset || ::syscall(SYS_landlock_restrict_self, ruleset.get(), 0) != 0) return 0;
  return abi;
}

}  // namespace thimble
