// What a store's refusal says, for the log: S3's error code out of the XML body, and whether our
// clock is to blame.
//
// Pure. The body is the network's text: only letters and digits of it get through.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "origin/http_answer.h"

namespace thimble {

// "403 SignatureDoesNotMatch" or "403 RequestTimeTooSkewed; the store's clock is 901 s ahead of
// ours, and ..."
std::string DescribeRefusal(const AnswerHead& head, std::string_view error_text,
                            std::chrono::sys_seconds now);

}  // namespace thimble
