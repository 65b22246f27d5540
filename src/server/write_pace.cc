#include "server/write_pace.h"

#include <linux/sockios.h>
#include <sys/ioctl.h>

#include <algorithm>

namespace thimble {
namespace {

// Of a time-out: how exactly it is kept.
constexpr int kLooks = 4;

}  // namespace

WritePace::WritePace(const HttpSettings& http, int socket, SteadyClock::time_point now)
    : time_out_(http.write_timeout),
      rate_(http.min_write_rate),
      socket_(socket),
      begin_(now),
      latest_(now),
      next_look_(now + time_out_ / kLooks),
      in_kernel_(LookAtKernel()) {}

std::size_t WritePace::LookAtKernel() const {
  int bytes = 0;
  return ::ioctl(socket_, SIOCOUTQ, &bytes) == 0 ? static_cast<std::size_t>(bytes) : 0;
}

bool WritePace::IsKept(SteadyClock::time_point now) {
  const std::size_t left = LookAtKernel();
  const std::size_t taken = in_kernel_ - std::min(left, in_kernel_);
  in_kernel_ = left;
  if (taken > 0) latest_ = now;
  taken_ += taken;
  next_look_ = now + time_out_ / kLooks;
  if (now - latest_ >= time_out_) return false;
  if (rate_ == 0 || now - begin_ < time_out_) return true;
  const auto counted =
      std::chrono::duration_cast<std::chrono::milliseconds>(now - begin_ - time_out_);
  return taken_ >= static_cast<std::size_t>(counted.count()) * rate_ / 1000;
}

}  // namespace thimble
