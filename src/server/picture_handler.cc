#include "server/picture_handler.h"

#include <utility>

namespace thimble {

namespace asio = boost::asio;

namespace {

CacheState StateOf(Provenance provenance) {
  switch (provenance) {
    case Provenance::kKept: return CacheState::kHit;
    case Provenance::kMade: return CacheState::kMiss;
    case Provenance::kJoined: return CacheState::kCoalesced;
    case Provenance::kConfirmed: return CacheState::kRevalidated;
  }
  return CacheState::kNone;
}

// With the version known, do the preconditions settle the answer? REQUIRES: `preconditions` stays.
HasEnough SettledBy(const Preconditions& preconditions) {
  if (!preconditions.any()) return {};
  return [&preconditions](const Validator& current) {
    switch (Evaluate(preconditions, current)) {
      case Verdict::kSend: return false;
      case Verdict::kPreconditionFailed: return true;
      case Verdict::kNotModified: return HasPresentVersion(preconditions, current);
    }
    return false;
  };
}

void AnswerWithout(Validator validator, const Preconditions& preconditions, Answer& answer) {
  if (Evaluate(preconditions, validator) == Verdict::kPreconditionFailed) {
    answer.content = Error{ErrorCode::kPreconditionFailed, {}};
    return;
  }
  answer.content = NotModified{std::move(validator)};
  answer.cache = CacheState::kRevalidated;
}

void AnswerWith(std::shared_ptr<const Picture> picture, Provenance provenance,
                const Preconditions& preconditions, Answer& answer) {
  answer.cache = StateOf(provenance);
  switch (Evaluate(preconditions, picture->validator)) {
    case Verdict::kSend: answer.content = SendPicture{std::move(picture)}; break;
    case Verdict::kNotModified: answer.content = NotModified{picture->validator}; break;
    case Verdict::kPreconditionFailed:
      answer.content = Error{ErrorCode::kPreconditionFailed, {}};
      break;
  }
}

}  // namespace

PictureHandler::PictureHandler(UrlPolicy policy, std::shared_ptr<Pictures> pictures)
    : targets_(std::move(policy)), pictures_(std::move(pictures)) {}

Begun PictureHandler::Begin(const RequestHead& head) {
  Begun begun;
  begun.answer.route = Route::kPicture;
  Expected<std::shared_ptr<const Target>> target = targets_.Read(head.target, head.accept);
  if (!target) {
    begun.answer.content = std::move(target.error());
    return begun;
  }
  begun.answer.varies_by_accept = (*target)->varies_by_accept;
  begun.answer.names_version = !(*target)->request.version_name.empty();
  begun.answer.variant = (*target)->request.text;
  Glance glance = pictures_->Look((*target)->request);
  if (glance.picture) {
    AnswerWith(std::move(glance.picture), Provenance::kKept, head.preconditions, begun.answer);
  } else {
    begun.must_validate = glance.must_validate;
    begun.target = std::move(*target);
  }
  return begun;
}

asio::awaitable<Answer> PictureHandler::Finish(Begun begun, const RequestHead& head,
                                               Deadline deadline) {
  Answer answer = std::move(begun.answer);
  PictureRequestPtr request(begun.target, &begun.target->request);
  auto outcome = co_await pictures_->Get(std::move(request), begun.must_validate,
                                         SettledBy(head.preconditions), deadline);
  if (!outcome) {
    answer.content = std::move(outcome.error());
    co_return answer;
  }
  answer.stages = outcome->stages;
  if (outcome->picture) {
    AnswerWith(std::move(outcome->picture), outcome->provenance, head.preconditions, answer);
  } else {
    AnswerWithout(std::move(outcome->validator), head.preconditions, answer);
  }
  co_return answer;
}

}  // namespace thimble
