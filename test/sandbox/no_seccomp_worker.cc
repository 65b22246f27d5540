// The evil worker on a kernel that has no seccomp, as far as it can tell.

#include <linux/prctl.h>
#include <seccomp.h>

#include <cerrno>

#include "base/c_ptr.h"
#include "base/error.h"
#include "evil_engine.h"
#include "worker/zygote.h"

namespace {

void PretendSeccompIsMissing() {
  const thimble::CPtr<void, &seccomp_release> filter(seccomp_init(SCMP_ACT_ALLOW));
  const scmp_arg_cmp sets_filter{0, SCMP_CMP_EQ, PR_SET_SECCOMP, 0};
  THIMBLE_CHECK(seccomp_rule_add_array(filter.get(), SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(seccomp), 0,
                                       nullptr) == 0);
  THIMBLE_CHECK(seccomp_rule_add_array(filter.get(), SCMP_ACT_ERRNO(EINVAL), SCMP_SYS(prctl), 1,
                                       &sets_filter) == 0);
  THIMBLE_CHECK(seccomp_load(filter.get()) == 0);
}

}  // namespace

int main() {
  PretendSeccompIsMissing();
  return thimble::RunZygote({.resize = &thimble::EvilEngine,
                             .warm_up = &thimble::EvilWarmUp,
                             .libraries = &thimble::EvilLibraries});
}
