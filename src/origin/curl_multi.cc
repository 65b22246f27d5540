#include "origin/curl_multi.h"

#include <sys/epoll.h>

#include <array>
#include <boost/asio/post.hpp>
#include <boost/system/error_code.hpp>
#include <utility>

namespace thimble {
namespace {

std::uint32_t EpollEventsFor(int what) {
  switch (what) {
    case CURL_POLL_IN: return EPOLLIN;
    case CURL_POLL_OUT: return EPOLLOUT;
    case CURL_POLL_INOUT: return EPOLLIN | EPOLLOUT;
    default: return 0;
  }
}

int CurlActionFor(std::uint32_t events) {
  int action = 0;
  if ((events & (EPOLLIN | EPOLLRDHUP)) != 0) action |= CURL_CSELECT_IN;
  if ((events & EPOLLOUT) != 0) action |= CURL_CSELECT_OUT;
  if ((events & (EPOLLERR | EPOLLHUP)) != 0) action |= CURL_CSELECT_ERR;
  return action;
}

}  // namespace

CurlLibrary::CurlLibrary() : ready_(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK) {}

CurlLibrary::~CurlLibrary() {
  if (ready_) curl_global_cleanup();
}

CurlMulti::CurlMulti(const boost::asio::any_io_executor& executor, UniqueFd socket_set)
    : timer_(executor), socket_set_(executor, socket_set.release()) {
  if (library_.ready()) multi_.reset(curl_multi_init());
}

CurlMulti::~CurlMulti() {
  // Closing its connections, libcurl sets timers that nobody could answer any more.
  if (multi_) curl_multi_setopt(multi_.get(), CURLMOPT_TIMERFUNCTION, nullptr);
}

Expected<std::shared_ptr<CurlMulti>> CurlMulti::Create(const boost::asio::any_io_executor& executor,
                                                       long max_idle_connections) {
  UniqueFd socket_set(::epoll_create1(EPOLL_CLOEXEC));
  if (!socket_set) return FailErrno("epoll_create1");
  std::shared_ptr<CurlMulti> created(new CurlMulti(executor, std::move(socket_set)));
  CURLM* const multi = created->multi_.get();
  if (multi == nullptr) return Fail(ErrorCode::kSystem, "libcurl does not start");
  curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, &CurlMulti::OnSocket);
  curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, created.get());
  curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, &CurlMulti::OnTimer);
  curl_multi_setopt(multi, CURLMOPT_TIMERDATA, created.get());
  curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, max_idle_connections);
  return created;
}

Status CurlMulti::Start(CURL* easy, Listener& listener) {
  curl_easy_setopt(easy, CURLOPT_PRIVATE, &listener);
  const CURLMcode added = curl_multi_add_handle(multi_.get(), easy);
  if (added != CURLM_OK) {
    return Fail(ErrorCode::kSystem,
                std::string("curl_multi_add_handle: ") + curl_multi_strerror(added));
  }
  ++running_;
  WaitForSockets();
  return {};
}

void CurlMulti::Stop(CURL* easy) {
  curl_multi_remove_handle(multi_.get(), easy);
  TransferLeft();
}

void CurlMulti::TransferLeft() {
  --running_;
  if (running_ > 0) return;
  boost::system::error_code ignored;
  socket_set_.cancel(ignored);
  timer_.cancel();
}

int CurlMulti::OnSocket(CURL*, curl_socket_t socket, int what, void* self, void* known) {
  static_cast<CurlMulti*>(self)->WatchSocket(socket, what, known != nullptr);
  return 0;
}

int CurlMulti::OnTimer(CURLM*, long timeout_ms, void* self) {
  static_cast<CurlMulti*>(self)->SetTimer(timeout_ms);
  return 0;
}

void CurlMulti::WatchSocket(curl_socket_t socket, int what, bool known) {
  const int set = socket_set_.native_handle();
  if (what == CURL_POLL_REMOVE) {
    // Fails where libcurl has closed the socket already: then it is out of the set.
    ::epoll_ctl(set, EPOLL_CTL_DEL, socket, nullptr);
    return;
  }
  epoll_event event{};
  event.events = EpollEventsFor(what);
  event.data.fd = socket;
  if (known && ::epoll_ctl(set, EPOLL_CTL_MOD, socket, &event) == 0) return;
  if (::epoll_ctl(set, EPOLL_CTL_ADD, socket, &event) == 0) {
    curl_multi_assign(multi_.get(), socket, this);  // any mark will do: it is known from now on
    return;
  }
  ::epoll_ctl(set, EPOLL_CTL_MOD, socket, &event);
}

void CurlMulti::SetTimer(long timeout_ms) {
  if (timeout_ms <= 0) timer_.cancel();
  if (timeout_ms < 0) return;
  if (timeout_ms == 0) return TurnSoon();
  timer_.expires_after(std::chrono::milliseconds(timeout_ms));
  timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& failed) {
    const std::shared_ptr<CurlMulti> self = weak.lock();
    if (!failed && self) self->HandleTimeout();
  });
}

// For "now", which every transfer begins with: a kernel timer that has passed already would be set,
// waited for and set back, four system calls for nothing. Not at once, for libcurl forbids calling
// it from inside its callbacks. Should libcurl change its mind meanwhile, it looks at its own
// clock.
void CurlMulti::TurnSoon() {
  if (turn_posted_) return;
  turn_posted_ = true;
  boost::asio::post(timer_.get_executor(), [weak = weak_from_this()] {
    const std::shared_ptr<CurlMulti> self = weak.lock();
    if (!self) return;
    self->turn_posted_ = false;
    self->HandleTimeout();
  });
}

void CurlMulti::HandleTimeout() {
  int running = 0;
  curl_multi_socket_action(multi_.get(), CURL_SOCKET_TIMEOUT, 0, &running);
  ReportFinished();
}

void CurlMulti::WaitForSockets() {
  if (waiting_ || running_ == 0) return;
  waiting_ = true;
  socket_set_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                         [weak = weak_from_this()](const boost::system::error_code& failed) {
                           const std::shared_ptr<CurlMulti> self = weak.lock();
                           if (!self) return;
                           self->waiting_ = false;
                           if (!failed) self->HandleReadySockets();
                           self->WaitForSockets();
                         });
}

void CurlMulti::HandleReadySockets() {
  std::array<epoll_event, 64> events;
  // What does not fit is still ready at the next wait. An event of a socket that an earlier one of
  // this round has closed is for a number libcurl no longer knows, which it passes over.
  const int count =
      ::epoll_wait(socket_set_.native_handle(), events.data(), static_cast<int>(events.size()), 0);
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    int running = 0;
    curl_multi_socket_action(multi_.get(), event.data.fd, CurlActionFor(event.events), &running);
  }
  ReportFinished();
}

void CurlMulti::ReportFinished() {
  int left = 0;
  while (const CURLMsg* const message = curl_multi_info_read(multi_.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    // Removing the handle frees the message.
    CURL* const easy = message->easy_handle;
    const CURLcode result = message->data.result;
    Listener* listener = nullptr;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &listener);
    curl_multi_remove_handle(multi_.get(), easy);
    TransferLeft();
    listener->TransferFinished(result);
  }
}

}  // namespace thimble
