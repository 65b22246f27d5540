// From a request for a picture to its answer: the main part of the server.
//
//   parse -> look up -> check preconditions and version -> coalesce (fetch -> resize) -> keep ->
//   answer
//
// Equal requests at the same time are one fetch and one resize; different sizes of one original are
// one fetch and reach the pool together, which shares the decoding. Work that has begun goes on for
// as long as anybody waits for it. A client that leaves cancels Finish; when the last has left, the
// fetch ends, the job leaves the queue, and a worker that has had the job for long is ended. A
// worker that has only just begun finishes, and the cache keeps the picture.
//
// Thread-safety: none; one thread. Ownership: made with std::make_shared; work under way keeps it
// alive. The Origin and the WorkerPool must outlive it.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <memory>
#include <string>

#include "http/request_head.h"
#include "origin/origin.h"
#include "server/answer.h"
#include "server/recent_targets.h"
#include "server/version_watch.h"
#include "service/coalescer.h"
#include "service/originals.h"
#include "settings/settings.h"
#include "store/bad_originals.h"
#include "store/memory_cache.h"
#include "worker/pool.h"

namespace thimble {

// A request that is answered already, or what is known of it so far.
struct Begun {
  Answer answer;
  std::shared_ptr<const Wanted> wanted;  // null: the answer is whole
  bool must_validate = false;  // a picture is kept, but the URL says that its original may be new
};

class PictureHandler : public std::enable_shared_from_this<PictureHandler> {
 public:
  PictureHandler(boost::asio::any_io_executor executor, const Settings& settings, Origin& origin,
                 WorkerPool& pool);

  // As far as nothing has to be waited for: to the answer, where that is a refusal or comes from
  // the memory cache.
  Begun Begin(const RequestHead& head);
  // The rest, of what Begin left unfinished. `head` and what it views must stay until the coroutine
  // is done. May be cancelled (terminally); its answer means nothing then.
  boost::asio::awaitable<Answer> Finish(Begun begun, const RequestHead& head, Deadline deadline);

  // How long a fetch or a worker's job may take, of those that begin from now on.
  void SetWorkLimit(std::chrono::milliseconds limit) {
    work_limit_ = limit;
    originals_.SetFetchLimit(limit);
  }

  MemoryCacheStats cache_stats() const { return cache_.stats(); }
  BadOriginalsStats bad_originals_stats() const { return bad_originals_.stats(); }
  int originals_in_flight() const { return originals_.in_flight(); }
  int originals_waiting() const { return originals_.waiting(); }

 private:
  struct Made {
    std::shared_ptr<const Picture> picture;
    StageTimes stages;
  };
  using SharedMade = Coalescer<Expected<Made>>;

  boost::asio::awaitable<SharedMade::Joined> MakeOrJoin(std::shared_ptr<const Wanted> wanted,
                                                        Deadline deadline);
  // As MakeOrJoin, but no work is joined that began with an older original than the URL's version.
  boost::asio::awaitable<SharedMade::Joined> MakeOrJoinVersion(std::shared_ptr<const Wanted> wanted,
                                                               Deadline deadline);
  static boost::asio::awaitable<Expected<Made>> Make(std::shared_ptr<PictureHandler> self,
                                                     std::shared_ptr<const Wanted> wanted);
  boost::asio::awaitable<Status> RefuseIfKnownAsBad(const Wanted& wanted);
  void NoteFailure(const Wanted& wanted, const Original& original, const JobFailure& failure);
  std::shared_ptr<const Picture> Keep(const Wanted& wanted, const SourceValidator& source,
                                      JobOutput output);

  RecentTargets targets_;
  const PictureLimits limits_;
  const AnswerSettings answers_;
  std::chrono::milliseconds work_limit_;
  WorkerPool& pool_;
  MemoryCache<Picture> cache_;
  VersionWatch versions_;
  BadOriginals bad_originals_;
  Originals originals_;
  SharedMade variants_;
};

}  // namespace thimble
