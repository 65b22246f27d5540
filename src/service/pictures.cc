#include "service/pictures.h"

#include <boost/asio/this_coro.hpp>
#include <utility>

#include "async/cancelled.h"
#include "service/entity_tag.h"

namespace thimble {

namespace asio = boost::asio;

namespace {

std::chrono::microseconds Since(SteadyClock::time_point begin) {
  return std::chrono::duration_cast<std::chrono::microseconds>(SteadyClock::now() - begin);
}

// Bytes that are no picture are packed where the store says so; of a picture it is wrong to say so,
// and nobody needs to know.
Error Explained(Error error, const Original& original) {
  const bool packed = !original.content_codings.empty();
  if (error.code != ErrorCode::kUnsupportedFormat || !packed) return error;
  return {ErrorCode::kOriginalEncoded, "Content-Encoding: " + original.content_codings};
}

// One more, for as long as it lives.
class Counted {
 public:
  explicit Counted(int& count) : count_(count) { ++count_; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
  ~Counted() { --count_; }

 private:
  int& count_;
};

}  // namespace

Pictures::Pictures(asio::any_io_executor executor, PicturesOptions options, Origin& origin,
                   WorkerPool& pool)
    : options_(std::move(options)),
      pool_(pool),
      memory_(options_.memory),
      versions_(options_.memory.max_age),
      bad_originals_(options_.bad_original_time),
      originals_(executor, origin,
                 {.at_once = options_.max_originals_in_flight,
                  .max_waiting = options_.max_originals_waiting,
                  .fetch_limit = options_.work_limit}),
      admission_(options_.admission),
      variants_(executor) {}

Glance Pictures::Look(const PictureRequest& request) {
  auto kept = memory_.Find(request.name, SteadyClock::now());
  if (!kept) return {};
  if (!versions_.Confirms(request, kept->source_tag)) return {.picture = {}, .must_validate = true};
  return {.picture = std::move(kept)};
}

asio::awaitable<Expected<PictureOutcome>> Pictures::Get(PictureRequestPtr request,
                                                        Deadline deadline) {
  Glance glance = Look(*request);
  if (glance.picture) {
    PictureOutcome outcome;
    outcome.picture = std::move(glance.picture);
    co_return outcome;
  }
  auto outcome = co_await Get(std::move(request), glance.must_validate, HasEnough(), deadline);
  co_return outcome;
}

asio::awaitable<Expected<PictureOutcome>> Pictures::Get(PictureRequestPtr request,
                                                        bool must_validate, HasEnough has_enough,
                                                        Deadline deadline) {
  if (waiting_ >= options_.max_waiting) {
    ++refused_for_waiting_;
    co_return Fail(ErrorCode::kOverloaded, "too many wait for pictures");
  }
  const Counted counted(waiting_);
  auto outcome =
      co_await GetCounted(std::move(request), must_validate, std::move(has_enough), deadline);
  co_return outcome;
}

asio::awaitable<Expected<PictureOutcome>> Pictures::GetCounted(PictureRequestPtr request,
                                                               bool must_validate,
                                                               HasEnough has_enough,
                                                               Deadline deadline) {
  PictureOutcome outcome;
  if (must_validate || has_enough) {
    auto asking = must_validate ? originals_.AskOrigin(request->source.key, deadline)
                                : originals_.Validate(request->source.key, deadline);
    auto source = co_await std::move(asking);
    if (!source) co_return Forward(source);
    versions_.Remember(*request, source->entity_tag);
    outcome.provenance = Provenance::kConfirmed;
    outcome.validator = ValidatorFor(*source, request->text, fingerprint());
    if (has_enough && has_enough(outcome.validator)) co_return outcome;
    if (IsCancelled(co_await asio::this_coro::cancellation_state)) {
      co_return Fail(ErrorCode::kDeadlineExceeded, "nobody waits for the picture any more");
    }
    auto kept = memory_.Find(request->name, SteadyClock::now());
    if (kept && kept->source_tag == source->entity_tag) {
      outcome.picture = std::move(kept);
      co_return outcome;
    }
  }
  auto [made, made_here] = co_await MakeOrJoinVersion(std::move(request), deadline);
  if (!made) co_return Forward(made);
  outcome.picture = std::move(made->picture);
  outcome.provenance = made_here ? Provenance::kMade : Provenance::kJoined;
  outcome.stages = made->stages;
  co_return outcome;
}

asio::awaitable<Pictures::SharedMade::Joined> Pictures::MakeOrJoinVersion(PictureRequestPtr request,
                                                                          Deadline deadline) {
  auto joined = co_await MakeOrJoin(request, deadline);
  const bool maybe_old = joined.result && !joined.started_here &&
                         !versions_.Confirms(*request, joined.result->picture->source_tag);
  if (maybe_old) {
    auto source = co_await originals_.AskOrigin(request->source.key, deadline);
    if (!source) co_return SharedMade::Joined{Forward(source)};
    const bool cancelled = IsCancelled(co_await asio::this_coro::cancellation_state);
    if (!cancelled && source->entity_tag != joined.result->picture->source_tag) {
      joined = co_await MakeOrJoin(request, deadline);
    }
  }
  if (joined.result) versions_.Remember(*request, joined.result->picture->source_tag);
  co_return joined;
}

asio::awaitable<Pictures::SharedMade::Joined> Pictures::MakeOrJoin(PictureRequestPtr request,
                                                                   Deadline deadline) {
  std::string name = request->name;
  // Joining costs nothing. Who begins has a place until the work is done.
  std::shared_ptr<Admission::Place> place;
  if (!variants_.IsUnderWay(name)) {
    const Surroundings around{.oldest = pool_.stats().longest_wait,
                              .fetch = originals_.typical_fetch_time()};
    auto entered = admission_.Enter(request->spec, around, deadline, SteadyClock::now());
    if (!entered) co_return SharedMade::Joined{Forward(entered)};
    place = std::move(*entered);
  }
  SharedMade::Work work = [self = shared_from_this(), request = std::move(request), place]() {
    return Make(self, request, place);
  };
  place.reset();
  auto joined = co_await variants_.Join(std::move(name), std::move(work), deadline);
  co_return joined;
}

// Has no deadline: it is cancelled when the last who waits for it has gone.
asio::awaitable<Expected<Pictures::Made>> Pictures::Make(
    std::shared_ptr<Pictures> self, PictureRequestPtr request,
    std::shared_ptr<const Admission::Place> place) {
  const auto begin = SteadyClock::now();
  Status accepted = co_await self->RefuseIfKnownAsBad(*request);
  if (!accepted) co_return Forward(accepted);
  auto original = co_await self->originals_.Get(request->source.key, Deadline::Never());
  if (!original) co_return Forward(original);
  if (IsCancelled(co_await asio::this_coro::cancellation_state)) {
    co_return Fail(ErrorCode::kDeadlineExceeded, "nobody waits for the picture any more");
  }
  StageTimes stages{.fetch = Since(begin)};

  const SourceValidator source = (*original)->validator;
  auto refusal = self->bad_originals_.FindByContent(request->source.key.bytes, source.entity_tag,
                                                    *(*original)->bytes, request->spec, begin);
  if (refusal) co_return tl::unexpected(std::move(*refusal));
  Job job{.spec = request->spec,
          .limits = self->options_.limits,
          .source = (*original)->bytes,
          .work_limit = self->options_.work_limit};
  std::string fingerprint = self->fingerprint();
  JobResult output = co_await self->pool_.Run(std::move(job), Deadline::Never());
  if (!output) {
    self->NoteFailure(*request, **original, output.error());
    co_return tl::unexpected<Error>(Explained(std::move(output.error()), **original));
  }
  stages.queue = output->queued;
  stages.process = output->processed;
  self->admission_.Learn(*place, output->worked, SteadyClock::now());
  Validator validator = ValidatorFor(source, request->text, fingerprint);
  co_return Made{self->Keep(*request, source, std::move(validator), std::move(*output)), stages};
}

// Without fetching it, while the origin still has the version that cost a worker.
asio::awaitable<Status> Pictures::RefuseIfKnownAsBad(const PictureRequest& request) {
  const std::string& key = request.source.key.bytes;
  if (!bad_originals_.Suspects(key, request.spec, SteadyClock::now())) co_return Status();
  auto source = co_await originals_.Validate(request.source.key, Deadline::Never());
  if (!source) co_return Forward(source);
  auto refusal =
      bad_originals_.FindByName(key, source->entity_tag, request.spec, SteadyClock::now());
  if (refusal) co_return tl::unexpected(std::move(*refusal));
  co_return Status();
}

void Pictures::NoteFailure(const PictureRequest& request, const Original& original,
                           const JobFailure& failure) {
  if (!failure.cost_a_worker) return;
  bad_originals_.Remember(request.source.key.bytes, original.validator.entity_tag, *original.bytes,
                          request.spec, failure.code, SteadyClock::now());
}

std::shared_ptr<const Picture> Pictures::Keep(const PictureRequest& request,
                                              const SourceValidator& source, Validator validator,
                                              JobOutput output) {
  auto picture = std::make_shared<Picture>();
  picture->bytes = std::move(output.bytes);
  picture->format = output.format;
  picture->validator = std::move(validator);
  picture->source_tag = source.entity_tag;
  if (options_.annotate) picture->annotation = options_.annotate(*picture);
  const std::size_t cost = sizeof(Picture) + picture->bytes.capacity() +
                           picture->annotation.capacity() + picture->source_tag.capacity();
  memory_.Keep(request.name, picture, cost, SteadyClock::now());
  return picture;
}

void Pictures::SetWorkLimit(std::chrono::milliseconds limit) {
  options_.work_limit = limit;
  originals_.SetFetchLimit(limit);
}

std::string Pictures::fingerprint() const {
  return FingerprintOf(pool_.libraries(), options_.limits);
}

PicturesStats Pictures::stats() const {
  return {.memory = memory_.stats(),
          .bad_originals = bad_originals_.stats(),
          .originals_in_flight = originals_.in_flight(),
          .originals_waiting = originals_.waiting(),
          .waiting = waiting_,
          .refused_for_queue = admission_.refusals(),
          .refused_for_waiting = refused_for_waiting_,
          .predicted_wait = admission_.predicted_wait(),
          .fingerprint = fingerprint()};
}

}  // namespace thimble
