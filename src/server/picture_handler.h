// What HTTP says about a request for a picture; the picture itself comes from the service.
//
//   read the target -> look -> evaluate the preconditions -> get -> answer
//
// Thread-safety: none; one thread. Ownership: made with std::make_shared; `pictures` is shared with
// the work under way. Finish may be cancelled (terminally).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>

#include "base/deadline.h"
#include "http/request_head.h"
#include "server/answer.h"
#include "server/recent_targets.h"
#include "service/pictures.h"
#include "url/policy.h"

namespace thimble {

// A request that is answered already, or what is known of it so far.
struct Begun {
  Answer answer;
  std::shared_ptr<const Target> target;  // null: the answer is whole
  bool must_validate = false;  // a picture is kept, but the URL says that its original may be new
};

class PictureHandler {
 public:
  PictureHandler(UrlPolicy policy, std::shared_ptr<Pictures> pictures);

  // As far as nothing has to be waited for: to the answer, where that is a refusal or comes from
  // the memory cache.
  Begun Begin(const RequestHead& head);
  // The rest, of what Begin left unfinished. `head` and what it views must stay until the coroutine
  // is done. Where it was cancelled its answer means nothing.
  boost::asio::awaitable<Answer> Finish(Begun begun, const RequestHead& head, Deadline deadline);

 private:
  RecentTargets targets_;
  std::shared_ptr<Pictures> pictures_;
};

}  // namespace thimble
