// Keys in the shared credentials or config file, read again when a file has changed.
#include <utility>

#include "origin/credentials_source.h"
#include "origin/small_file.h"

namespace thimble {
namespace {

// A look at two files costs a few microseconds, which a thousand requests a second need not pay.
constexpr std::chrono::seconds kLookEvery{1};

class ProfileSource final : public CredentialsSource {
 public:
  explicit ProfileSource(ProfileChoice choice) : choice_(std::move(choice)) {}

  boost::asio::awaitable<Expected<Credentials>> Fetch(Deadline) override {
    // Before reading: what is written meanwhile is a change.
    stamp_ = Stamp();
    co_return Read();
  }

  bool Changed(WallTime now) override {
    if (now < next_look_ && next_look_ - now <= kLookEvery) return false;
    next_look_ = now + kLookEvery;
    return Stamp() != stamp_;
  }

  std::string name() const override { return NameOf(choice_); }

 private:
  std::string Stamp() const {
    return StampOfFile(choice_.credentials_path) + ' ' + StampOfFile(choice_.config_path);
  }

  Expected<Credentials> Read() const {
    THIMBLE_TRY(const std::optional<Profile> profile, ReadProfile(choice_));
    if (!profile) return Fail(ErrorCode::kBadSetting, "the profile is not there any more");
    THIMBLE_TRY(std::optional<Credentials> keys, KeysOfProfile(*profile, "the profile"));
    if (!keys) return Fail(ErrorCode::kBadSetting, "the profile has no keys any more");
    return std::move(*keys);
  }

  ProfileChoice choice_;
  std::string stamp_;
  WallTime next_look_{};
};

}  // namespace

SourceOrError MakeProfileSource(ProfileKeys keys) {
  return std::make_unique<ProfileSource>(std::move(keys.profile));
}

}  // namespace thimble
