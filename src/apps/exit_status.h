// What the commands tell the shell, and how they say why.
#pragma once

#include <cstdio>
#include <string>

#include "base/error.h"
#include "http/error_answer.h"

namespace thimble {

constexpr int kExitFine = 0;
constexpr int kExitFailed = 1;
constexpr int kExitWrongSettings = 2;

// Names the failure on standard error and gives its exit status.
inline int ComplainAbout(const Error& error) {
  const std::string code(SlugOf(error.code));
  const std::string why = error.detail.empty() ? std::string(SentenceOf(error.code)) : error.detail;
  std::fprintf(stderr, "thimble: %s: %s\n", code.c_str(), why.c_str());
  return error.code == ErrorCode::kBadSetting ? kExitWrongSettings : kExitFailed;
}

}  // namespace thimble
