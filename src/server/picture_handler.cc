#include "server/picture_handler.h"

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <utility>

#include "async/cancelled.h"
#include "server/respond.h"
#include "service/entity_tag.h"

namespace thimble {

namespace asio = boost::asio;

namespace {

std::chrono::microseconds Since(SteadyClock::time_point begin) {
  return std::chrono::duration_cast<std::chrono::microseconds>(SteadyClock::now() - begin);
}

// How far the store's clock may be ahead of ours. Stores also round up to the next whole second.
constexpr std::chrono::minutes kClockDifference{1};

// A date in the future is not handed on: until it has come, no cache could tell a newer version
// from this one. One that is due in a moment becomes the present (RFC 9110, 8.8.2.1), any other
// (a wrong clock, a copied file) says nothing.
std::optional<std::chrono::sys_seconds> PresentOrPast(
    std::optional<std::chrono::sys_seconds> modified) {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  if (!modified || *modified <= now) return modified;
  if (*modified > now + kClockDifference) return std::nullopt;
  return now;
}

Validator ValidatorOf(const SourceValidator& source, std::string_view variant) {
  Validator validator{.entity_tag = EntityTagFor(source.entity_tag, variant),
                      .last_modified = PresentOrPast(source.last_modified)};
  // Another engine's picture of the same original is another picture.
  if (validator.last_modified) {
    validator.last_modified = std::max(*validator.last_modified, EngineDate());
  }
  return validator;
}

// Bytes that are no picture are packed where the store says so; of a picture it is wrong to say so,
// and nobody needs to know.
Error Explained(Error error, const Original& original) {
  const bool packed = !original.content_codings.empty();
  if (error.code != ErrorCode::kUnsupportedFormat || !packed) return error;
  return {ErrorCode::kOriginalEncoded, "Content-Encoding: " + original.content_codings};
}

Answer Refused(Answer answer, Error error) {
  answer.content = std::move(error);
  return answer;
}

// Answers with the error or, when the preconditions say so, without a picture. False: the picture
// itself is needed.
bool SettleEarly(const Expected<SourceValidator>& source, const Preconditions& preconditions,
                 Answer& answer) {
  if (!source) {
    answer.content = source.error();
    return true;
  }
  Validator validator = ValidatorOf(*source, answer.variant);
  switch (Evaluate(preconditions, validator)) {
    case Verdict::kSend: return false;
    case Verdict::kPreconditionFailed:
      answer.content = Error{ErrorCode::kPreconditionFailed, {}};
      return true;
    case Verdict::kNotModified:
      if (!HasPresentVersion(preconditions, validator)) return false;
      answer.content = NotModified{std::move(validator)};
      answer.cache = CacheState::kRevalidated;
      return true;
  }
  return false;
}

void Deliver(CacheState cache, std::shared_ptr<const Picture> picture,
             const Preconditions& preconditions, Answer& answer) {
  answer.cache = cache;
  switch (Evaluate(preconditions, picture->validator)) {
    case Verdict::kSend: answer.content = SendPicture{std::move(picture)}; break;
    case Verdict::kNotModified: answer.content = NotModified{picture->validator}; break;
    case Verdict::kPreconditionFailed:
      answer.content = Error{ErrorCode::kPreconditionFailed, {}};
      break;
  }
}

}  // namespace

PictureHandler::PictureHandler(asio::any_io_executor executor, const Settings& settings,
                               Origin& origin, WorkerPool& pool)
    : targets_(settings.urls),
      limits_(settings.pictures),
      answers_(settings.answers),
      work_limit_(settings.http.request_deadline),
      pool_(pool),
      cache_({.max_bytes = settings.cache.memory_bytes, .max_age = settings.cache.memory_max_age}),
      versions_(settings.cache.memory_max_age),
      bad_originals_(settings.cache.bad_original_time),
      originals_(executor, origin,
                 {.at_once = settings.origin.max_originals_in_flight,
                  .max_waiting = settings.workers.max_queued_jobs,
                  .fetch_limit = settings.http.request_deadline}),
      variants_(executor) {}

Begun PictureHandler::Begin(const RequestHead& head) {
  Begun begun;
  begun.answer.route = Route::kPicture;
  Expected<std::shared_ptr<const Wanted>> wanted = targets_.Read(head.target, head.accept);
  if (!wanted) {
    begun.answer.content = std::move(wanted.error());
    return begun;
  }
  begun.answer.varies_by_accept = (*wanted)->varies_by_accept;
  begun.answer.variant = (*wanted)->variant;
  auto kept = cache_.Find((*wanted)->cache_key, SteadyClock::now());
  if (kept && versions_.Confirms(**wanted, kept->source_tag)) {
    Deliver(CacheState::kHit, std::move(kept), head.preconditions, begun.answer);
  } else {
    begun.must_validate = kept != nullptr;
    begun.wanted = std::move(*wanted);
  }
  return begun;
}

asio::awaitable<Answer> PictureHandler::Finish(Begun begun, const RequestHead& head,
                                               Deadline deadline) {
  Answer answer = std::move(begun.answer);
  if (begun.must_validate || head.preconditions.any()) {
    auto asking = begun.must_validate ? originals_.AskOrigin(begun.wanted->key, deadline)
                                      : originals_.Validate(begun.wanted->key, deadline);
    auto source = co_await std::move(asking);
    if (source) versions_.Remember(*begun.wanted, source->entity_tag);
    if (SettleEarly(source, head.preconditions, answer)) co_return answer;
    if (IsCancelled(co_await asio::this_coro::cancellation_state)) co_return answer;
    auto kept = cache_.Find(begun.wanted->cache_key, SteadyClock::now());
    if (kept && kept->source_tag == source->entity_tag) {
      Deliver(CacheState::kRevalidated, std::move(kept), head.preconditions, answer);
      co_return answer;
    }
  }
  auto [made, made_here] = co_await MakeOrJoinVersion(std::move(begun.wanted), deadline);
  if (!made) co_return Refused(std::move(answer), std::move(made.error()));
  answer.stages = made->stages;
  Deliver(made_here ? CacheState::kMiss : CacheState::kCoalesced, std::move(made->picture),
          head.preconditions, answer);
  co_return answer;
}

asio::awaitable<PictureHandler::SharedMade::Joined> PictureHandler::MakeOrJoinVersion(
    std::shared_ptr<const Wanted> wanted, Deadline deadline) {
  auto joined = co_await MakeOrJoin(wanted, deadline);
  const bool maybe_old = joined.result && !joined.started_here &&
                         !versions_.Confirms(*wanted, joined.result->picture->source_tag);
  if (maybe_old) {
    auto source = co_await originals_.AskOrigin(wanted->key, deadline);
    if (!source) co_return SharedMade::Joined{Forward(source)};
    const bool cancelled = IsCancelled(co_await asio::this_coro::cancellation_state);
    if (!cancelled && source->entity_tag != joined.result->picture->source_tag) {
      joined = co_await MakeOrJoin(wanted, deadline);
    }
  }
  if (joined.result) versions_.Remember(*wanted, joined.result->picture->source_tag);
  co_return joined;
}

asio::awaitable<PictureHandler::SharedMade::Joined> PictureHandler::MakeOrJoin(
    std::shared_ptr<const Wanted> wanted, Deadline deadline) {
  std::string name = wanted->cache_key;
  SharedMade::Work work = [self = shared_from_this(), wanted = std::move(wanted)]() {
    return Make(self, wanted);
  };
  auto joined = co_await variants_.Join(std::move(name), std::move(work), deadline);
  co_return joined;
}

// Has no deadline: it is cancelled when the last who waits for it has gone.
asio::awaitable<Expected<PictureHandler::Made>> PictureHandler::Make(
    std::shared_ptr<PictureHandler> self, std::shared_ptr<const Wanted> wanted) {
  const auto begin = SteadyClock::now();
  Status accepted = co_await self->RefuseIfKnownAsBad(*wanted);
  if (!accepted) co_return Forward(accepted);
  auto original = co_await self->originals_.Get(wanted->key, Deadline::Never());
  if (!original) co_return Forward(original);
  if (IsCancelled(co_await asio::this_coro::cancellation_state)) {
    co_return Fail(ErrorCode::kDeadlineExceeded, "nobody waits for the picture any more");
  }
  StageTimes stages{.fetch = Since(begin)};

  const SourceValidator source = (*original)->validator;
  auto refusal = self->bad_originals_.FindByContent(wanted->key.bytes, source.entity_tag,
                                                    *(*original)->bytes, wanted->spec, begin);
  if (refusal) co_return tl::unexpected(std::move(*refusal));
  Job job{.spec = wanted->spec,
          .limits = self->limits_,
          .source = (*original)->bytes,
          .work_limit = self->work_limit_};
  JobResult output = co_await self->pool_.Run(std::move(job), Deadline::Never());
  if (!output) {
    self->NoteFailure(*wanted, **original, output.error());
    co_return tl::unexpected<Error>(Explained(std::move(output.error()), **original));
  }
  stages.queue = output->queued;
  stages.process = output->processed;
  co_return Made{self->Keep(*wanted, source, std::move(*output)), stages};
}

// Without fetching it, while the origin still has the version that cost a worker.
asio::awaitable<Status> PictureHandler::RefuseIfKnownAsBad(const Wanted& wanted) {
  const std::string& key = wanted.key.bytes;
  if (!bad_originals_.Suspects(key, wanted.spec, SteadyClock::now())) co_return Status();
  auto source = co_await originals_.Validate(wanted.key, Deadline::Never());
  if (!source) co_return Forward(source);
  auto refusal =
      bad_originals_.FindByName(key, source->entity_tag, wanted.spec, SteadyClock::now());
  if (refusal) co_return tl::unexpected(std::move(*refusal));
  co_return Status();
}

void PictureHandler::NoteFailure(const Wanted& wanted, const Original& original,
                                 const JobFailure& failure) {
  if (!failure.cost_a_worker) return;
  bad_originals_.Remember(wanted.key.bytes, original.validator.entity_tag, *original.bytes,
                          wanted.spec, failure.code, SteadyClock::now());
}

std::shared_ptr<const Picture> PictureHandler::Keep(const Wanted& wanted,
                                                    const SourceValidator& source,
                                                    JobOutput output) {
  auto picture = std::make_shared<Picture>();
  picture->bytes = std::move(output.bytes);
  picture->format = output.format;
  picture->validator = ValidatorOf(source, wanted.variant);
  picture->source_tag = source.entity_tag;
  picture->fields = PictureFields(*picture, answers_);
  const std::size_t cost = sizeof(Picture) + picture->bytes.capacity() +
                           picture->fields.capacity() + picture->source_tag.capacity();
  cache_.Keep(wanted.cache_key, picture, cost, SteadyClock::now());
  return picture;
}

}  // namespace thimble
