#include "worker/sandbox_features.h"

#include <array>
#include <string_view>
#include <utility>

namespace thimble {
namespace {

constexpr auto kNames = std::to_array<std::pair<SandboxFeature, std::string_view>>({
    {SandboxFeature::kSeccomp, "seccomp"},
    {SandboxFeature::kNoNewPrivileges, "no_new_privs"},
    {SandboxFeature::kResourceLimits, "rlimits"},
    {SandboxFeature::kUnprivileged, "unprivileged"},
    {SandboxFeature::kLandlock, "landlock"},
    {SandboxFeature::kNoExecGain, "mdwe"},
});

}  // namespace

std::string DescribeSandbox(const SandboxReport& report) {
  std::string text;
  for (const auto& [feature, name] : kNames) {
    if (!report.Has(feature)) continue;
    if (!text.empty()) text += ", ";
    text += name;
    if (feature == SandboxFeature::kLandlock) {
      text.append(" ").append(std::to_string(report.landlock_abi));
    }
  }
  return text.empty() ? "none" : text;
}

}  // namespace thimble
