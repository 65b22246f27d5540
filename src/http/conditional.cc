#include "http/conditional.h"

#include <algorithm>
#include <cstddef>

#include "base/ascii.h"
#include "http/date.h"

namespace thimble {
namespace {

enum class Compare : std::uint8_t { kStrong, kWeak };

void SkipBlanks(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
}

// Takes the first tag, W/ included, off the front of `list`; empty when there is none.
std::string_view TakeTag(std::string_view& list) {
  const std::size_t open = list.starts_with("W/") ? 2 : 0;
  if (list.size() <= open || list[open] != '"') return {};
  const std::size_t close = list.find('"', open + 1);
  if (close == std::string_view::npos) return {};
  const std::string_view tag = list.substr(0, close + 1);
  list.remove_prefix(tag.size());
  return tag;
}

bool SameTag(std::string_view theirs, std::string_view ours, Compare compare) {
  if (theirs.starts_with("W/")) {
    if (compare == Compare::kStrong) return false;
    theirs.remove_prefix(2);
  }
  return theirs == ours;
}

// `list` is tags between commas; what is no tag ends it.
bool Names(std::string_view list, std::string_view tag, Compare compare) {
  SkipBlanks(list);
  while (!list.empty()) {
    if (list.front() == ',') {
      list.remove_prefix(1);
    } else {
      const std::string_view theirs = TakeTag(list);
      if (theirs.empty()) return false;
      if (SameTag(theirs, tag, compare)) return true;
    }
    SkipBlanks(list);
  }
  return false;
}

// As Names, or `list` is "*".
bool Lists(std::string_view list, std::string_view tag, Compare compare) {
  SkipBlanks(list);
  return list == "*" || Names(list, tag, compare);
}

bool ModifiedAfter(const Validator& current, std::chrono::sys_seconds date) {
  return *current.last_modified > date;
}

// True when If-Match or, without it, If-Unmodified-Since forbids the answer.
bool Forbidden(const Preconditions& preconditions, const Validator& current) {
  if (!preconditions.if_match.empty()) {
    return !Lists(preconditions.if_match, current.entity_tag, Compare::kStrong);
  }
  const auto date = ParseHttpDate(preconditions.if_unmodified_since);
  return date && current.last_modified && ModifiedAfter(current, *date);
}

bool Unchanged(const Preconditions& preconditions, const Validator& current) {
  if (!preconditions.if_none_match.empty()) {
    return Lists(preconditions.if_none_match, current.entity_tag, Compare::kWeak);
  }
  const auto date = ParseHttpDate(preconditions.if_modified_since);
  return date && current.last_modified && !ModifiedAfter(current, *date);
}

}  // namespace

Verdict Evaluate(const Preconditions& preconditions, const Validator& current) {
  if (!preconditions.any()) return Verdict::kSend;  // as mostly
  if (Forbidden(preconditions, current)) return Verdict::kPreconditionFailed;
  if (Unchanged(preconditions, current)) return Verdict::kNotModified;
  return Verdict::kSend;
}

bool HasPresentVersion(const Preconditions& preconditions, const Validator& current) {
  return Names(preconditions.if_none_match, current.entity_tag, Compare::kWeak);
}

}  // namespace thimble
