// Whatever is changed along a JPEG's structure, all ways of decoding it agree: every scale, alone
// and together, by our own reader and by libjpeg-turbo.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "codec/jpeg_mutator.h"
#include "codec/jpeg_verdicts.h"

// libFuzzer's own; missing where inputs are only replayed.
extern "C" __attribute__((weak)) std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size,
                                                              std::size_t max_size);

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t max_size, unsigned seed) {
  constexpr unsigned kOneOf = 8;  // mutations is one of bytes
  if (seed % kOneOf == 0 && LLVMFuzzerMutate != nullptr) {
    return LLVMFuzzerMutate(data, size, max_size);
  }
  const std::vector<std::uint8_t> mutated = thimble::MutateJpeg({data, size}, seed);
  const std::size_t kept = std::min(mutated.size(), max_size);
  std::copy_n(mutated.begin(), kept, data);
  return kept;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr thimble::PictureLimits kLimits = {.max_jpeg_scans = 40, .max_icc_bytes = 64 * 1024};
  constexpr std::int64_t kMaxPixels = 1 << 18;
  const std::optional<std::string> disagreement =
      thimble::DisagreementOn({data, size}, kLimits, kMaxPixels);
  if (disagreement) std::fprintf(stderr, "%s\n", disagreement->c_str());
  THIMBLE_CHECK(!disagreement);
  return 0;
}
