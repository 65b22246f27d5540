#include "http/request_head.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/basic_parser.hpp>

#include "base/ascii.h"

namespace thimble {
namespace {

namespace http = boost::beast::http;
using boost::beast::error_code;
using BeastView = boost::beast::string_view;

std::string_view ViewOf(BeastView text) { return {text.data(), text.size()}; }

void AppendToList(std::string& list, std::string_view value) {
  if (!list.empty()) list += ", ";
  list += value;
}

// A reg-name, an address or a bracketed address, perhaps with a port. Not the whole grammar: what
// matters is that no two readers can see different hosts in it.
bool IsHost(std::string_view host) {
  return host.find_first_of(" \t/?#@,\\\"<>") == std::string_view::npos;
}

// Beast's grammar with our picking of fields.
class FieldPicker final : public http::basic_parser<true> {
 public:
  FieldPicker(RequestHead& head, const HeadLimits& limits) : head_(head), limits_(limits) {}

  bool has_too_many_fields() const { return fields_ > limits_.max_fields; }
  std::string_view refused() const { return refused_; }
  int hosts() const { return hosts_; }

 private:
  void on_request_impl(http::verb verb, BeastView method, BeastView target, int version,
                       error_code&) override {
    head_.method_text = ViewOf(method);
    head_.target = ViewOf(target);
    head_.minor_version = version % 10;
    switch (verb) {
      case http::verb::get: head_.method = Method::kGet; break;
      case http::verb::head: head_.method = Method::kHead; break;
      case http::verb::options: head_.method = Method::kOptions; break;
      default: head_.method = Method::kOther; break;
    }
  }

  void on_field_impl(http::field field, BeastView name, BeastView text,
                     error_code& error) override {
    if (++fields_ > limits_.max_fields) return Refuse("too many fields", error);
    const std::string_view value = ViewOf(text);
    switch (field) {
      case http::field::host:
        if (++hosts_ > 1) Refuse("two Host fields", error);
        if (!IsHost(value)) Refuse("no valid Host", error);
        break;
      case http::field::content_length:
        if (++content_lengths_ > 1 || value.find(',') != std::string_view::npos) {
          Refuse("two Content-Lengths", error);
        }
        break;
      case http::field::transfer_encoding: Refuse("Transfer-Encoding", error); break;
      case http::field::accept: AppendToList(head_.accept, value); break;
      case http::field::if_match: AppendToList(head_.preconditions.if_match, value); break;
      case http::field::if_none_match:
        AppendToList(head_.preconditions.if_none_match, value);
        break;
      case http::field::if_modified_since: head_.preconditions.if_modified_since = value; break;
      case http::field::if_unmodified_since: head_.preconditions.if_unmodified_since = value; break;
      default:  // those that Beast does not know
        if (EqualsIgnoringCase(ViewOf(name), "x-request-id")) head_.request_id = value;
        if (EqualsIgnoringCase(ViewOf(name), "x-forwarded-for")) {
          AppendToList(head_.forwarded_for, value);
        }
        break;
    }
  }

  void Refuse(std::string_view why, error_code& error) {
    refused_ = why;
    error = http::error::bad_value;
  }

  void on_response_impl(int, BeastView, int, error_code&) override {}
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(BeastView, error_code&) override { return 0; }
  void on_chunk_header_impl(std::uint64_t, BeastView, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, BeastView, error_code&) override { return 0; }
  void on_finish_impl(error_code&) override {}

  RequestHead& head_;
  const HeadLimits& limits_;
  std::string_view refused_;
  std::size_t fields_ = 0;
  int hosts_ = 0;
  int content_lengths_ = 0;
};

// Puts `head` into its first state but keeps its strings' memory.
void Clear(RequestHead& head) {
  head.accept.clear();
  head.request_id.clear();
  head.forwarded_for.clear();
  head.preconditions.if_match.clear();
  head.preconditions.if_none_match.clear();
  head.preconditions.if_modified_since.clear();
  head.preconditions.if_unmodified_since.clear();
}

bool StartsWithIgnoringCase(std::string_view text, std::string_view prefix) {
  return EqualsIgnoringCase(text.substr(0, prefix.size()), prefix);
}

// The path and query of a request-target in origin-form or absolute-form; empty for others.
std::string_view OriginForm(std::string_view target) {
  if (target.starts_with('/')) return target;
  std::size_t host = 0;
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (StartsWithIgnoringCase(target, scheme)) host = scheme.size();
  }
  if (host == 0) return {};
  const std::size_t path = target.find('/', host);
  const std::string_view authority = target.substr(host, path - host);
  if (authority.empty() || !IsHost(authority)) return {};
  return path == std::string_view::npos ? "/" : target.substr(path);
}

Status CheckTarget(const HeadLimits& limits, RequestHead& head) {
  if (head.target.size() > limits.max_uri_bytes) return Fail(ErrorCode::kUriTooLong);
  if (head.method == Method::kOther) return {};  // refused whatever its target
  if (head.method == Method::kOptions && head.target == "*") return {};
  if (head.target.find('#') != std::string_view::npos) {
    return Fail(ErrorCode::kMalformedRequest, "a fragment in the request-target");
  }
  head.target = OriginForm(head.target);
  if (head.target.empty()) {
    return Fail(ErrorCode::kMalformedRequest, "neither origin-form nor absolute-form");
  }
  return {};
}

Status CheckNoFoldedLine(std::string_view block) {
  const bool folded = block.find("\r\n ") != std::string_view::npos ||
                      block.find("\r\n\t") != std::string_view::npos;
  if (folded) return Fail(ErrorCode::kMalformedRequest, "a folded line");
  return {};
}

}  // namespace

Expected<std::size_t> HeadScanner::Scan(std::string_view received) {
  while (scanned_ < received.size()) {
    const std::size_t end = received.find('\n', scanned_);
    if (end == std::string_view::npos) {
      scanned_ = received.size();
      break;
    }
    if (end == line_begin_ || received[end - 1] != '\r') {
      return Fail(ErrorCode::kMalformedRequest, "a bare line feed");
    }
    scanned_ = end + 1;
    const bool is_empty_line = end == line_begin_ + 1;
    const bool in_first_line = line_begin_ == 0;
    line_begin_ = scanned_;
    if (scanned_ > limits_.max_head_bytes) {
      return Fail(in_first_line ? ErrorCode::kUriTooLong : ErrorCode::kHeadersTooLarge);
    }
    if (is_empty_line) return scanned_;
  }
  if (received.size() >= limits_.max_head_bytes) {
    return Fail(line_begin_ == 0 ? ErrorCode::kUriTooLong : ErrorCode::kHeadersTooLarge);
  }
  return std::size_t{0};
}

std::string_view RequestIdIn(std::string_view received) {
  constexpr std::string_view kSpaces = " \t\r";
  for (std::size_t end = received.find('\n'); end != std::string_view::npos;
       end = received.find('\n')) {
    const std::string_view line = received.substr(0, end);
    if (Trimmed(line, kSpaces).empty()) break;  // the head ends here
    const std::size_t colon = std::min(line.find(':'), line.size());
    if (EqualsIgnoringCase(line.substr(0, colon), "x-request-id")) {
      return Trimmed(line.substr(std::min(colon + 1, line.size())), kSpaces);
    }
    received.remove_prefix(end + 1);
  }
  return {};
}

Status ParseRequestHead(std::string_view block, const HeadLimits& limits, RequestHead& head) {
  Clear(head);
  if (Status folded = CheckNoFoldedLine(block); !folded) return Forward(folded);

  FieldPicker parser(head, limits);
  parser.header_limit(static_cast<std::uint32_t>(block.size() + 1));
  error_code error;
  const std::size_t parsed = parser.put(boost::asio::buffer(block.data(), block.size()), error);
  if (parser.has_too_many_fields()) return Fail(ErrorCode::kHeadersTooLarge, "too many fields");
  if (!parser.refused().empty()) {
    return Fail(ErrorCode::kMalformedRequest, std::string(parser.refused()));
  }
  if (error || !parser.is_header_done() || parsed != block.size()) {
    return Fail(ErrorCode::kMalformedRequest, error.message());
  }
  if (parser.hosts() == 0 && head.minor_version >= 1) {
    return Fail(ErrorCode::kMalformedRequest, "no Host");
  }
  head.keep_alive = parser.keep_alive();
  head.has_body = parser.content_length().value_or(0) > 0;
  return CheckTarget(limits, head);
}

}  // namespace thimble
