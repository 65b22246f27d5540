#include "observe/measured_pool.h"

#include "spec/canonical_text.h"

namespace thimble {

boost::asio::awaitable<JobResult> MeasuredPool::Run(Job job, Deadline deadline) {
  // The original's size and the variant find the request's own line, which follows.
  const std::string what =
      CanonicalText(job.spec) + " of " + std::to_string(job.source->size()) + " bytes";
  JobResult output = co_await pool_->Run(std::move(job), deadline);
  if (output && output->comparison == DecoderComparison::kOtherBytes) {
    log_.Warning("the JPEG decoders make different pictures: " + what);
  } else if (output && output->comparison == DecoderComparison::kOtherVerdict) {
    log_.Warning("libjpeg and Thimble's own JPEG decoder judge an original differently: " + what);
  }
  co_return output;
}

}  // namespace thimble
