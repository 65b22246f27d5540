// From a request for a picture to the picture: the service that the whole server is for.
//
//   look up -> ask for the version, where it matters -> merge equal work (admit -> refuse what is
//   known as bad -> fetch -> resize) -> keep
//
// It knows nothing of HTTP; whoever wants a picture calls it: a client's request, warming, an
// event.
//
//   auto outcome = co_await pictures->Get(request, Deadline::After(10s));
//   if (outcome) ... outcome->picture->bytes
//
// Equal requests at the same time are one fetch and one resize; different sizes of one original are
// one fetch and reach the pool together, which shares the decoding. Work that has begun goes on for
// as long as anybody waits for it. A caller who is cancelled is one fewer; when the last has left,
// the fetch ends, the job leaves the queue, and a worker that has had the job for long is ended. A
// worker that has only just begun finishes, and the store keeps the picture.
//
// Thread-safety: none; one thread. Ownership: made with std::make_shared; work under way keeps it
// alive. The Origin and the WorkerPool must outlive it.
// Errors: those of Admission, Originals, Coalescer and WorkerPool, and the one that a bad original
// once had.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "image/limits.h"
#include "origin/origin.h"
#include "service/admission.h"
#include "service/coalescer.h"
#include "service/originals.h"
#include "service/picture.h"
#include "service/picture_request.h"
#include "service/stage_times.h"
#include "service/version_watch.h"
#include "store/bad_originals.h"
#include "store/memory_cache.h"
#include "worker/pool.h"

namespace thimble {

struct PicturesOptions {
  PictureLimits limits;
  std::chrono::milliseconds work_limit{10'000};  // of a fetch, and of a worker's job
  MemoryCacheOptions memory;
  std::chrono::seconds bad_original_time{600};
  int max_originals_in_flight = 64;
  int max_originals_waiting = 1024;
  AdmissionOptions admission;
  int max_waiting = 1'000'000;  // callers of Get at a time, those who join included
  // What is kept beside a picture and charged with it: see Picture::annotation.
  std::function<std::string(const Picture&)> annotate = {};
};

struct PicturesStats {
  MemoryCacheStats memory;
  BadOriginalsStats bad_originals;
  int originals_in_flight = 0;
  int originals_waiting = 0;
  int waiting = 0;  // callers of Get
  std::uint64_t refused_for_queue = 0;
  std::uint64_t refused_for_waiting = 0;
  std::chrono::microseconds predicted_wait{0};
  std::string fingerprint;  // of what makes the bytes now
};

// Where a picture came from.
enum class Provenance : std::uint8_t {
  kKept,       // the store
  kMade,       // made for this caller
  kJoined,     // made for another caller, whose work was already under way
  kConfirmed,  // the origin was asked for the version alone: kept, or the caller has enough
};

struct PictureOutcome {
  std::shared_ptr<const Picture> picture;  // null: the caller has enough
  Validator validator;                     // of the present version; where there is no picture
  Provenance provenance = Provenance::kKept;
  StageTimes stages;
};

// What the store has, at a glance.
struct Glance {
  std::shared_ptr<const Picture> picture;  // null: it has to be asked for
  bool must_validate = false;  // one is kept, but the request says that its original may be new
};

// Whether a caller who is told the present version needs no picture. REQUIRES: callable until the
// call to Get is over; it is never called by another caller's work.
using HasEnough = std::function<bool(const Validator&)>;

class Pictures : public std::enable_shared_from_this<Pictures> {
 public:
  Pictures(boost::asio::any_io_executor executor, PicturesOptions options, Origin& origin,
           WorkerPool& pool);

  // Waits for nothing.
  Glance Look(const PictureRequest& request);

  // The picture, made where the store has none. May be cancelled (terminally): kDeadlineExceeded.
  boost::asio::awaitable<Expected<PictureOutcome>> Get(PictureRequestPtr request,
                                                       Deadline deadline);
  // The same after a Look that found nothing to use. `has_enough` may be empty.
  boost::asio::awaitable<Expected<PictureOutcome>> Get(PictureRequestPtr request,
                                                       bool must_validate, HasEnough has_enough,
                                                       Deadline deadline);

  // Of the fetches and jobs that begin from now on.
  void SetWorkLimit(std::chrono::milliseconds limit);
  void SetWaits(std::chrono::milliseconds standing, std::chrono::milliseconds burst) {
    admission_.SetWaits(standing, burst);
  }

  PicturesStats stats() const;

 private:
  struct Made {
    std::shared_ptr<const Picture> picture;
    StageTimes stages;
  };
  using SharedMade = Coalescer<Expected<Made>>;

  boost::asio::awaitable<SharedMade::Joined> MakeOrJoin(PictureRequestPtr request,
                                                        Deadline deadline);
  // As MakeOrJoin, but no work is joined that began with an older original than the request's
  // version.
  boost::asio::awaitable<SharedMade::Joined> MakeOrJoinVersion(PictureRequestPtr request,
                                                               Deadline deadline);
  boost::asio::awaitable<Expected<PictureOutcome>> GetCounted(PictureRequestPtr request,
                                                              bool must_validate,
                                                              HasEnough has_enough,
                                                              Deadline deadline);
  static boost::asio::awaitable<Expected<Made>> Make(std::shared_ptr<Pictures> self,
                                                     PictureRequestPtr request,
                                                     std::shared_ptr<const Admission::Place> place);
  boost::asio::awaitable<Status> RefuseIfKnownAsBad(const PictureRequest& request);
  void NoteFailure(const PictureRequest& request, const Original& original,
                   const JobFailure& failure);
  std::shared_ptr<const Picture> Keep(const PictureRequest& request, const SourceValidator& source,
                                      Validator validator, JobOutput output);
  std::string fingerprint() const;

  PicturesOptions options_;
  WorkerPool& pool_;
  MemoryCache<Picture> memory_;
  VersionWatch versions_;
  BadOriginals bad_originals_;
  Originals originals_;
  Admission admission_;
  SharedMade variants_;
  int waiting_ = 0;
  std::uint64_t refused_for_waiting_ = 0;
};

}  // namespace thimble
