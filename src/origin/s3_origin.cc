#include "origin/s3_origin.h"

#include <fmt/format.h>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/error_code.hpp>
#include <chrono>
#include <optional>
#include <random>
#include <utility>

#include "async/cancelled.h"
#include "origin/content_tag.h"
#include "origin/http_client.h"
#include "origin/repeat_budget.h"
#include "origin/s3_refusal.h"
#include "origin/sigv4.h"

namespace thimble {
namespace {

constexpr std::size_t kMaxKeyBytes = 1024;
// Milliseconds before a second try; spread, so that those refused together do not come together.
constexpr int kLeastPause = 50;
constexpr int kMostPause = 250;

std::chrono::sys_seconds Now() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

bool HasDotSegment(std::string_view key) {
  for (;;) {
    const std::size_t slash = key.find('/');
    const std::string_view segment = key.substr(0, slash);
    if (segment == "." || segment == "..") return true;
    if (slash == std::string_view::npos) return false;
    key.remove_prefix(slash + 1);
  }
}

// An empty key would name the bucket itself.
bool CanBeKey(std::string_view key) {
  return !key.empty() && key.find('\0') == std::string_view::npos && !HasDotSegment(key);
}

// A store that sends neither a tag nor a date tells versions apart by their bytes only.
bool HasValidator(const AnswerHead& head) {
  return !head.entity_tag().empty() || head.last_modified();
}

// REQUIRES HasValidator(head). `length` is the whole original's.
SourceValidator ValidatorFrom(const AnswerHead& head, std::uint64_t length) {
  SourceValidator validator{.entity_tag = head.entity_tag(), .last_modified = head.last_modified()};
  if (validator.entity_tag.empty()) {
    const auto modified = validator.last_modified.value_or(std::chrono::sys_seconds());
    validator.entity_tag = fmt::format("\"{}-{}\"", modified.time_since_epoch().count(), length);
  }
  return validator;
}

// What is asked of the store; the same question may be put in other ways when it is refused.
struct Question {
  HttpMethod method = HttpMethod::kGet;
  bool one_byte = false;  // by a range, for the sake of the head alone
  std::string encoded_key{};

  bool AnsweredBy(int status) const { return status == 200 || (one_byte && status == 206); }
  // A refusal of a HEAD has no body, and without S3's code nobody knows whose fault it is. What the
  // status alone says (the store is busy) needs none.
  bool RefusedWithoutAWord(int status) const {
    return method == HttpMethod::kHead && status >= 300 && status < 500 && status != 429;
  }
};

// An answer, and what its request was signed with.
struct Sent {
  HttpAnswer answer{};
  std::optional<Credentials> credentials{};
  std::string region{};
};

// Second tries that a question has had already: each kind once.
struct TriesMade {
  bool pause = false;
  bool keys = false;
  bool region = false;
};

bool AreSame(const Credentials& a, const Credentials& b) {
  return a.access_key_id == b.access_key_id && a.secret_access_key == b.secret_access_key &&
         a.session_token == b.session_token;
}

class S3Origin final : public Origin {
 public:
  S3Origin(HttpClient http, S3Endpoint endpoint, S3Options options,
           std::unique_ptr<CredentialsProvider> credentials)
      : http_(std::move(http)),
        endpoint_(std::move(endpoint)),
        options_(std::move(options)),
        credentials_(std::move(credentials)),
        signer_({.region = options_.location.region}),
        jitter_(std::random_device{}()) {}

  boost::asio::awaitable<Expected<Original>> Fetch(SourceKey key, Deadline deadline) override {
    auto answer = co_await Ask(HttpMethod::kGet, std::move(key), deadline);
    if (!answer) co_return Forward(answer);
    Original original{.bytes = answer->body,
                      .validator = ValidatorFrom(answer->head, answer->body->size()),
                      .content_codings = answer->head.content_codings()};
    if (!HasValidator(answer->head)) {
      auto tag = ContentTag(*original.bytes);
      if (!tag) co_return Forward(tag);
      original.validator.entity_tag = std::move(*tag);
    }
    co_return original;
  }

  boost::asio::awaitable<Expected<SourceValidator>> Stat(SourceKey key,
                                                         Deadline deadline) override {
    auto answer = co_await Ask(HttpMethod::kHead, key, deadline);
    if (!answer) co_return Forward(answer);
    const AnswerHead& head = answer->head;
    // One byte's answer has that byte's length; a tag does not need the original's.
    const bool suffices =
        !head.entity_tag().empty() || (HasValidator(head) && head.status() == 200);
    if (suffices) co_return ValidatorFrom(head, head.content_length().value_or(0));
    auto original = co_await Fetch(std::move(key), deadline);
    if (!original) co_return Forward(original);
    co_return std::move(original->validator);
  }

 private:
  // What was asked for, or the error that anything else means.
  boost::asio::awaitable<Expected<HttpAnswer>> Ask(HttpMethod method, SourceKey key,
                                                   Deadline deadline) {
    const std::string full_key = options_.prefix + key.bytes;
    if (!CanBeKey(key.bytes) || full_key.size() > kMaxKeyBytes) {
      co_return Fail(ErrorCode::kOriginalNotFound, "no such key can be");
    }
    Question question{.method = method, .encoded_key = EncodedS3Path(full_key)};
    TriesMade made;
    for (;;) {
      auto sent = co_await Send(question, deadline);
      if (!sent) co_return Forward(sent);
      const AnswerHead& head = sent->answer.head;
      if (question.AnsweredBy(head.status())) {
        budget_.Earn();
        co_return std::move(sent->answer);
      }
      if (question.RefusedWithoutAWord(head.status())) {
        question.method = HttpMethod::kGet;
        question.one_byte = true;
        continue;
      }
      const S3Refusal refusal = JudgeRefusal(head, sent->answer.error_text, Now());
      const bool again = co_await CanTryAgain(refusal, *sent, made, deadline);
      if (!again) co_return FailFor(refusal);
      if (options_.observer != nullptr) options_.observer->OnRepeat(refusal.reason);
    }
  }

  boost::asio::awaitable<Expected<Sent>> Send(const Question& question, Deadline deadline) {
    const std::string path = endpoint_.key_root + question.encoded_key;
    HttpRequest request{.method = question.method, .url = endpoint_.origin + path};
    Sent sent{.region = options_.location.region};
    if (credentials_) {
      auto credentials = co_await credentials_->Current(deadline);
      if (!credentials) co_return Forward(credentials);
      const std::string_view verb = question.method == HttpMethod::kHead ? "HEAD" : "GET";
      request.headers = signer_.S3Headers(verb, endpoint_.host, path, *credentials, Now());
      sent.credentials = std::move(*credentials);
    }
    if (question.one_byte) request.headers.emplace_back("range", "bytes=0-0");
    // A cancellation that met the wait for keys does not meet this one again.
    if (IsCancelled(co_await boost::asio::this_coro::cancellation_state)) {
      co_return Fail(ErrorCode::kOriginTimeout, "nobody waits for the original any more");
    }
    auto answer = co_await http_.Perform(std::move(request), deadline);
    if (!answer) co_return Forward(answer);
    sent.answer = std::move(*answer);
    if (sent.answer.sent_twice && options_.observer != nullptr) {
      options_.observer->OnRepeat("kept_connection_closed");
    }
    co_return sent;
  }

  tl::unexpected<Error> FailFor(const S3Refusal& refusal) {
    if (refusal.code == ErrorCode::kOriginRefused && options_.observer != nullptr) {
      options_.observer->OnRefusal(refusal.reason, refusal.detail);
    }
    return Fail(refusal.code, refusal.detail);
  }

  // Does what the refusal asks for before the question is put once more; false: that is no use.
  boost::asio::awaitable<bool> CanTryAgain(const S3Refusal& refusal, const Sent& sent,
                                           TriesMade& made, Deadline deadline) {
    bool again = false;
    switch (refusal.second_try) {
      case SecondTry::kNone: break;
      case SecondTry::kAfterPause:
        if (std::exchange(made.pause, true) || !budget_.Spend()) break;
        again = co_await Pause(deadline);
        break;
      case SecondTry::kWithOtherKeys:
        if (std::exchange(made.keys, true) || !sent.credentials) break;
        again = co_await FindOtherKeys(*sent.credentials, deadline);
        break;
      case SecondTry::kInOtherRegion:
        if (!std::exchange(made.region, true)) again = MoveTo(refusal.region, sent.region);
        break;
    }
    co_return again;
  }

  // False: there is no time for it.
  boost::asio::awaitable<bool> Pause(Deadline deadline) {
    std::uniform_int_distribution<int> milliseconds(kLeastPause, kMostPause);
    const std::chrono::milliseconds pause(milliseconds(jitter_));
    if (deadline.remaining() <= pause) co_return false;
    const auto executor = co_await boost::asio::this_coro::executor;
    boost::asio::steady_timer timer(executor, pause);
    boost::system::error_code cancelled;
    auto token = boost::asio::redirect_error(boost::asio::use_awaitable, cancelled);
    co_await timer.async_wait(token);
    co_return !cancelled;
  }

  boost::asio::awaitable<bool> FindOtherKeys(const Credentials& used, Deadline deadline) {
    credentials_->Refused(used);
    auto current = co_await credentials_->Current(deadline);
    co_return current && !AreSame(*current, used);
  }

  // `from` is the region of the request that was refused; another request may have moved us
  // already.
  bool MoveTo(const std::string& region, const std::string& from) {
    if (region.empty() || region == from) return false;
    if (region == options_.location.region) return true;
    S3Location there = options_.location;
    there.region = region;
    Expected<S3Endpoint> endpoint = ResolveS3Endpoint(there);
    if (!endpoint) return false;
    if (options_.observer != nullptr) {
      options_.observer->OnNotice(
          "wrong_region", fmt::format("the bucket is in region {} and not in {}: set s3.region",
                                      region, options_.location.region));
    }
    options_.location = std::move(there);
    endpoint_ = std::move(*endpoint);
    signer_ = RequestSigner({.region = region});
    return true;
  }

  HttpClient http_;
  S3Endpoint endpoint_;
  S3Options options_;
  std::unique_ptr<CredentialsProvider> credentials_;
  RequestSigner signer_;
  RepeatBudget budget_;
  std::minstd_rand jitter_;
};

}  // namespace

Expected<std::unique_ptr<Origin>> MakeS3Origin(const boost::asio::any_io_executor& executor,
                                               S3Options options,
                                               std::unique_ptr<CredentialsProvider> credentials) {
  if (options.prefix.starts_with('/') || HasDotSegment(options.prefix)) {
    return Fail(ErrorCode::kBadSetting,
                "an S3 prefix has neither a leading slash nor dot segments");
  }
  THIMBLE_TRY(S3Endpoint endpoint, ResolveS3Endpoint(options.location));
  THIMBLE_TRY(HttpClient http, HttpClient::Create(executor, options.limits, options.ca_file));
  return std::make_unique<S3Origin>(std::move(http), std::move(endpoint), std::move(options),
                                    std::move(credentials));
}

}  // namespace thimble
