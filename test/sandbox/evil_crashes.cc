// Ways to die, to hang and to use up everything.

#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <new>
#include <string>
#include <vector>

#include "evil_engine.h"

namespace thimble {
namespace {

Expected<ResizeOutcome> Abort(const EvilJob&) { std::abort(); }

Expected<ResizeOutcome> Segfault(const EvilJob&) {
  std::raise(SIGSEGV);
  return Fail(ErrorCode::kCorruptImage, "survived");
}

Expected<ResizeOutcome> Exit(const EvilJob&) { ::_exit(0); }

Expected<ResizeOutcome> LoopForever(const EvilJob&) {
  for (volatile bool forever = true; forever;) {
  }
  return Fail(ErrorCode::kCorruptImage, "survived");
}

Expected<ResizeOutcome> Spin(const EvilJob& job) {
  int milliseconds = 0;
  std::from_chars(job.argument.data(), job.argument.data() + job.argument.size(), milliseconds);
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(milliseconds);
  while (std::chrono::steady_clock::now() < end) {
  }
  return HonestResult(job.out);
}

// Goes on until there is no more, touching each page.
Expected<ResizeOutcome> MallocBomb(const EvilJob&) {
  constexpr std::size_t kPiece = std::size_t{1} << 20;
  for (int pieces = 0; pieces < 4096; ++pieces) {
    auto* const piece = static_cast<char*>(std::malloc(kPiece));
    if (piece == nullptr) return Fail(ErrorCode::kImageTooCostly, "malloc gave nothing");
    for (std::size_t i = 0; i < kPiece; i += 4096) static_cast<volatile char*>(piece)[i] = 1;
  }
  return Fail(ErrorCode::kCorruptImage, "4 GiB were had");
}

// The same by way of the standard library, which throws.
Expected<ResizeOutcome> VectorBomb(const EvilJob&) {
  std::vector<std::vector<char>> pieces(4096);
  for (auto& piece : pieces) piece.assign(std::size_t{1} << 20, 'x');
  return Fail(ErrorCode::kCorruptImage, "4 GiB were had");
}

// Deeper than any stack is allowed to grow.
__attribute__((noinline)) int Dig(const volatile char* above, int levels) {
  std::array<volatile char, 4096> frame{};
  frame[0] = above[0];
  if (levels == 0) return frame[0];
  return Dig(frame.data(), levels - 1) + frame[1];
}

Expected<ResizeOutcome> StackBomb(const EvilJob&) {
  const volatile char start = 1;
  return Fail(ErrorCode::kCorruptImage, std::to_string(Dig(&start, 1'000'000)));
}

constexpr auto kDeeds = std::to_array<NamedDeed>({
    {"abort", &Abort},
    {"segfault", &Segfault},
    {"exit", &Exit},
    {"loop", &LoopForever},
    {"spin", &Spin},
    {"malloc_bomb", &MallocBomb},
    {"vector_bomb", &VectorBomb},
    {"stack_bomb", &StackBomb},
});

}  // namespace

Deed FindCrash(std::string_view verb) {
  for (const auto& [name, deed] : kDeeds) {
    if (name == verb) return deed;
  }
  return nullptr;
}

}  // namespace thimble
