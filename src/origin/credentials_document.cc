#include "origin/credentials_document.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

namespace thimble {
namespace {

constexpr std::size_t kMaxWordLength = 64;

using Json = nlohmann::json;

std::string TextMember(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// A key becomes part of a header: it has neither spaces nor control characters.
bool IsPrintable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

Expected<Credentials> Checked(Credentials credentials, const std::string& expiration) {
  const auto wrong = [](std::string_view what) {
    return Fail(ErrorCode::kOriginFailed, fmt::format("the answer holds {}", what));
  };
  if (credentials.access_key_id.empty() || credentials.secret_access_key.empty()) {
    return wrong("no pair of keys");
  }
  if (!IsPrintable(credentials.access_key_id) || !IsPrintable(credentials.secret_access_key) ||
      !IsPrintable(credentials.session_token)) {
    return wrong("keys with spaces or control characters");
  }
  if (expiration.empty()) return credentials;
  credentials.expires = TimeFromIso8601(expiration);
  if (!credentials.expires) return wrong("an expiration that is no time");
  return credentials;
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

std::optional<int> TakeNumber(std::string_view& text, std::size_t digits, char end) {
  if (text.size() <= digits || text[digits] != end) return std::nullopt;
  int number = 0;
  const char* const stop = text.data() + digits;
  const auto [parsed, failed] = std::from_chars(text.data(), stop, number);
  if (failed != std::errc() || parsed != stop || number < 0) return std::nullopt;
  text.remove_prefix(digits + 1);
  return number;
}

// "10Z" or "10.123Z".
std::optional<int> TakeSecond(std::string_view& text) {
  if (text.size() < 3 || text[2] == 'Z')
    return text.size() == 3 ? TakeNumber(text, 2, 'Z') : std::nullopt;
  const std::optional<int> second = TakeNumber(text, 2, '.');
  const std::string_view fraction = text.substr(0, text.size() - 1);
  return std::all_of(fraction.begin(), fraction.end(), IsDigit) ? second : std::nullopt;
}

}  // namespace

std::string_view PlainWord(std::string_view text) {
  const bool plain =
      text.size() <= kMaxWordLength && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      });
  return plain ? text : std::string_view();
}

std::string_view XmlText(std::string_view xml, std::string_view element) {
  const std::string open = fmt::format("<{}>", element);
  const std::size_t begin = xml.find(open);
  if (begin == std::string_view::npos) return {};
  const std::string_view rest = xml.substr(begin + open.size());
  const std::size_t end = rest.find('<');
  if (end == std::string_view::npos) return {};
  const std::string_view text = rest.substr(0, end);
  const bool closed = rest.substr(end).starts_with(fmt::format("</{}>", element));
  return closed && text.find('&') == std::string_view::npos ? text : std::string_view();
}

Expected<Credentials> CredentialsFromJson(std::string_view text) {
  const Json answer = Json::parse(text, nullptr, false);
  if (!answer.is_object()) return Fail(ErrorCode::kOriginFailed, "the answer is no JSON object");
  const std::string code = TextMember(answer, "Code");
  if (!code.empty() && code != "Success") {
    return Fail(ErrorCode::kOriginFailed, fmt::format("the answer says {}", PlainWord(code)));
  }
  return Checked({.access_key_id = TextMember(answer, "AccessKeyId"),
                  .secret_access_key = TextMember(answer, "SecretAccessKey"),
                  .session_token = TextMember(answer, "Token")},
                 TextMember(answer, "Expiration"));
}

Expected<Credentials> CredentialsFromStsXml(std::string_view xml) {
  const std::size_t begin = xml.find("<Credentials>");
  const std::size_t end = xml.find("</Credentials>");
  if (begin == std::string_view::npos || end == std::string_view::npos || end < begin) {
    return Fail(ErrorCode::kOriginFailed, "the answer has no <Credentials>");
  }
  const std::string_view inside = xml.substr(begin, end - begin);
  return Checked({.access_key_id = std::string(XmlText(inside, "AccessKeyId")),
                  .secret_access_key = std::string(XmlText(inside, "SecretAccessKey")),
                  .session_token = std::string(XmlText(inside, "SessionToken"))},
                 std::string(XmlText(inside, "Expiration")));
}

std::optional<WallTime> TimeFromIso8601(std::string_view text) {
  namespace chrono = std::chrono;
  if (!text.ends_with('Z')) return std::nullopt;
  const auto year = TakeNumber(text, 4, '-');
  const auto month = year ? TakeNumber(text, 2, '-') : std::nullopt;
  const auto day = month ? TakeNumber(text, 2, 'T') : std::nullopt;
  const auto hour = day ? TakeNumber(text, 2, ':') : std::nullopt;
  const auto minute = hour ? TakeNumber(text, 2, ':') : std::nullopt;
  const std::optional<int> second = minute ? TakeSecond(text) : std::nullopt;
  if (!second || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  const chrono::year_month_day date{chrono::year{*year},
                                    chrono::month{static_cast<unsigned>(*month)},
                                    chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  return chrono::sys_days(date) + chrono::hours(*hour) + chrono::minutes(*minute) +
         chrono::seconds(*second);
}

}  // namespace thimble
