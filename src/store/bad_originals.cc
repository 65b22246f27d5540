#include "store/bad_originals.h"

#include <openssl/evp.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "base/c_ptr.h"

namespace thimble {
namespace {

using Digest = CPtr<EVP_MD_CTX, &EVP_MD_CTX_free>;

constexpr int kGrowth = 6;
constexpr std::chrono::seconds kLongestTime = std::chrono::hours(24);
// For how long a failure makes the next one worse.
constexpr std::chrono::seconds kMemory = std::chrono::hours(7 * 24);
// A few thousand entries each.
constexpr std::size_t kMemoryBytes = std::size_t{2} << 20;
constexpr std::int32_t kCheapSide = 1280;
constexpr std::size_t kSizeClasses = std::size_t{1} << 16;

std::int32_t LargestSide(const TransformSpec& spec) { return std::max(spec.width, spec.height); }

bool AddFile(EVP_MD_CTX* digest, int fd, std::size_t size) {
  std::array<std::uint8_t, 65536> chunk;
  for (std::size_t done = 0; done < size;) {
    const ssize_t got = ::pread(fd, chunk.data(), chunk.size(), static_cast<off_t>(done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0 || EVP_DigestUpdate(digest, chunk.data(), static_cast<std::size_t>(got)) != 1) {
      return false;
    }
    done += static_cast<std::size_t>(got);
  }
  return true;
}

// SHA-256: strangers choose the bytes. Empty where it cannot be had.
std::string ContentOf(const SealedBytes& bytes) {
  const Digest digest(EVP_MD_CTX_new());
  if (!digest || EVP_DigestInit_ex(digest.get(), EVP_sha256(), nullptr) != 1) return {};
  const ByteSpan own = bytes.own_memory();
  const bool added = bytes.in_own_memory()
                         ? EVP_DigestUpdate(digest.get(), own.data(), own.size()) == 1
                         : AddFile(digest.get(), bytes.fd(), bytes.size());
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
  unsigned int length = 0;
  if (!added || EVP_DigestFinal_ex(digest.get(), hash.data(), &length) != 1) return {};
  return {hash.begin(), hash.begin() + length};
}

}  // namespace

BadOriginals::BadOriginals(std::chrono::seconds first_time)
    : first_time_(first_time),
      by_name_({.max_bytes = first_time.count() > 0 ? kMemoryBytes : 0, .max_age = kMemory}),
      by_content_({.max_bytes = first_time.count() > 0 ? kMemoryBytes : 0, .max_age = kMemory}),
      sizes_(kSizeClasses) {}

bool BadOriginals::Verdict::Refuses(const TransformSpec& spec, SteadyClock::time_point now) const {
  if (now >= until) return false;
  return least_side == 0 || (PreferredFormat(spec) == format && LargestSide(spec) >= least_side);
}

bool BadOriginals::Suspects(std::string_view key, const TransformSpec& spec,
                            SteadyClock::time_point now) {
  const auto name = by_name_.Find(key, now);
  if (!name) return false;
  const auto verdict = by_content_.Find(name->content, now);
  return verdict && verdict->Refuses(spec, now);
}

std::optional<Error> BadOriginals::FindByName(std::string_view key, std::string_view entity_tag,
                                              const TransformSpec& spec,
                                              SteadyClock::time_point now) {
  const auto name = by_name_.Find(key, now);
  if (!name) return std::nullopt;
  if (name->entity_tag != entity_tag) {
    by_name_.Forget(key);
    return std::nullopt;
  }
  const auto verdict = by_content_.Find(name->content, now);
  if (!verdict || !verdict->Refuses(spec, now)) return std::nullopt;
  return Refuse(*verdict);
}

std::optional<Error> BadOriginals::FindByContent(std::string_view key, std::string_view entity_tag,
                                                 const SealedBytes& bytes,
                                                 const TransformSpec& spec,
                                                 SteadyClock::time_point now) {
  if (!sizes_[bytes.size() % kSizeClasses]) return std::nullopt;
  std::string content = ContentOf(bytes);
  const auto verdict = by_content_.Find(content, now);
  if (!verdict || !verdict->Refuses(spec, now)) return std::nullopt;
  NoteName(key, entity_tag, std::move(content), now);
  return Refuse(*verdict);
}

void BadOriginals::Remember(std::string_view key, std::string_view entity_tag,
                            const SealedBytes& bytes, const TransformSpec& spec, ErrorCode code,
                            SteadyClock::time_point now) {
  if (first_time_.count() == 0) return;
  std::string content = ContentOf(bytes);
  if (content.empty()) return;
  const auto known = by_content_.Find(content, now);
  auto verdict = std::make_shared<Verdict>();
  const bool by_size = code == ErrorCode::kImageTooCostly && LargestSide(spec) > kCheapSide;
  verdict->code = code;
  verdict->failures = (known ? known->failures : 0) + 1;
  verdict->until = now + TimeAfter(verdict->failures);
  verdict->least_side = by_size ? LargestSide(spec) : 0;
  verdict->format = PreferredFormat(spec);
  by_content_.Keep(content, verdict, sizeof(Verdict), now);
  sizes_[bytes.size() % kSizeClasses] = true;
  NoteName(key, entity_tag, std::move(content), now);
}

void BadOriginals::NoteName(std::string_view key, std::string_view entity_tag, std::string content,
                            SteadyClock::time_point now) {
  auto name = std::make_shared<Name>(Name{std::string(entity_tag), std::move(content)});
  const std::size_t bytes = sizeof(Name) + name->entity_tag.size() + name->content.size();
  by_name_.Keep(key, std::move(name), bytes, now);
}

std::optional<Error> BadOriginals::Refuse(const Verdict& verdict) {
  ++refusals_;
  return Error{verdict.code, "refused: it has cost a worker before"};
}

std::chrono::seconds BadOriginals::TimeAfter(int failures) const {
  std::chrono::seconds time = first_time_;
  for (int i = 1; i < failures && time < kLongestTime; ++i) time *= kGrowth;
  return std::max(first_time_, std::min(time, kLongestTime));
}

}  // namespace thimble
