#include "origin/content_tag.h"

#include <openssl/evp.h>
#include <sys/mman.h>

#include <array>
#include <cstdint>

#include "base/hex.h"

namespace thimble {
namespace {

Expected<std::string> TagOf(ByteSpan bytes) {
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1) {
    return Fail(ErrorCode::kSystem, "EVP_Digest");
  }
  std::string tag = "\"";
  AppendHex(ByteSpan(digest).first(size), tag);
  return tag + '"';
}

}  // namespace

Expected<std::string> ContentTag(const SealedBytes& bytes) {
  if (bytes.in_own_memory() || bytes.size() == 0) return TagOf(bytes.own_memory());
  void* const mapped = ::mmap(nullptr, bytes.size(), PROT_READ, MAP_SHARED, bytes.fd(), 0);
  if (mapped == MAP_FAILED) return FailErrno("mmap");
  Expected<std::string> tag = TagOf({static_cast<const std::uint8_t*>(mapped), bytes.size()});
  ::munmap(mapped, bytes.size());
  return tag;
}

}  // namespace thimble
