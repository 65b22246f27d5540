// One job of the ratchet: an original's file, resized to a width in a format; prints the result's
// bytes. script/ratchet runs it under callgrind, which counts only what RunCountedJob does.
// Usage: ratchet_job FILE WIDTH jpeg|png|webp      Exit status: 77 on a CPU without AVX2.
#include <hwy/targets.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/engine.h"

namespace thimble {

// Not inlined, because callgrind finds it by its name.
[[gnu::noinline]] Expected<ResizeOutcome> RunCountedJob(ByteSpan source, const TransformSpec& spec,
                                                        MutableByteSpan out) {
  return ResizePicture(source, spec, {}, out);
}

namespace {

constexpr int kOtherCpu = 77;
constexpr std::size_t kMaxResultBytes = 16 * 1024 * 1024;

// Highway would choose AVX-512 where it is; the numbers are those of AVX2.
bool PinToAvx2() {
  constexpr std::int64_t kBetterThanAvx2 = HWY_AVX2 - 1;  // a better target is a lower bit
  hwy::DisableTargets(kBetterThanAvx2);
  return (hwy::SupportedTargets() & HWY_AVX2) != 0;
}

std::optional<ImageFormat> FormatFrom(std::string_view name) {
  if (name == "jpeg") return ImageFormat::kJpeg;
  if (name == "png") return ImageFormat::kPng;
  if (name == "webp") return ImageFormat::kWebp;
  return std::nullopt;
}

int Run(const char* file, const char* width, std::string_view format_name) {
  TransformSpec spec;
  spec.width = std::atoi(width);
  spec.quality = {80};
  spec.format = FormatFrom(format_name);
  std::ifstream stream(file, std::ios::binary);
  const std::vector<char> text{std::istreambuf_iterator<char>(stream), {}};
  const std::vector<std::uint8_t> source(text.begin(), text.end());
  if (spec.width <= 0 || !spec.format || source.empty()) {
    std::fputs("ratchet_job: no such original, width or format\n", stderr);
    return EXIT_FAILURE;
  }
  // As in a worker, whose zygote has warmed the codecs.
  const Status warm = WarmUpEngine();
  std::vector<std::uint8_t> result(kMaxResultBytes);
  const auto outcome = RunCountedJob(source, spec, result);
  if (!warm || !outcome) {
    std::fprintf(stderr, "ratchet_job: %s\n",
                 (warm ? outcome.error() : warm.error()).detail.c_str());
    return EXIT_FAILURE;
  }
  std::printf("%zu\n", outcome->bytes);
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace thimble

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fputs("usage: ratchet_job FILE WIDTH jpeg|png|webp\n", stderr);
    return EXIT_FAILURE;
  }
  if (!thimble::PinToAvx2()) return thimble::kOtherCpu;
  return thimble::Run(argv[1], argv[2], argv[3]);
}
