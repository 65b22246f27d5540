#include "origin/s3_refusal.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/ascii.h"

namespace thimble {
namespace {

constexpr std::size_t kMaxCodeLength = 64;
// Stores refuse signatures 15 minutes off; by then a clock has been wrong for a while.
constexpr std::chrono::minutes kNoticeableSkew{5};

std::string_view S3ErrorCode(std::string_view xml) {
  constexpr std::string_view kOpen = "<Code>";
  const std::size_t open = xml.find(kOpen);
  if (open == std::string_view::npos) return {};
  const std::string_view rest = xml.substr(open + kOpen.size());
  const std::string_view code = rest.substr(0, rest.find("</Code>"));
  const bool plain =
      code.size() <= kMaxCodeLength && std::all_of(code.begin(), code.end(), IsAlphanumeric);
  return plain ? code : std::string_view();
}

}  // namespace

std::string DescribeRefusal(const AnswerHead& head, std::string_view error_text,
                            std::chrono::sys_seconds now) {
  std::string text = std::to_string(head.status());
  if (const std::string_view code = S3ErrorCode(error_text); !code.empty()) {
    text += fmt::format(" {}", code);
  }
  if (!head.date()) return text;
  const std::chrono::seconds ahead = *head.date() - now;
  if (std::chrono::abs(ahead) >= kNoticeableSkew) {
    text +=
        fmt::format("; the store's clock is {} s {} ours, and signatures are refused from 900 s on",
                    std::chrono::abs(ahead).count(), ahead.count() > 0 ? "ahead of" : "behind");
  }
  return text;
}

}  // namespace thimble
