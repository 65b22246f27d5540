// Runs a fuzz target once over kept inputs, so that every finding stays found in builds without
// libFuzzer. Arguments: files or folders. Exit status: 0 when all ran, 2 when there was nothing to
// run; a failing input ends the process.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

std::vector<std::filesystem::path> FilesAt(const std::filesystem::path& place) {
  if (!std::filesystem::is_directory(place)) return {place};
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(place)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  return files;
}

bool Replay(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return false;
  const std::vector<char> bytes{std::istreambuf_iterator<char>(stream), {}};
  // A copy of the exact size, so that a sanitizer sees a read past the end.
  const std::vector<std::uint8_t> input(bytes.begin(), bytes.end());
  std::printf("%s (%zu bytes)\n", file.c_str(), input.size());
  std::fflush(stdout);  // so that the last line names the input that failed
  LLVMFuzzerTestOneInput(input.data(), input.size());
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  constexpr int kNothingToRun = 2;
  std::size_t replayed = 0;
  for (const char* const place : std::span(argv, static_cast<std::size_t>(argc)).subspan(1)) {
    for (const std::filesystem::path& file : FilesAt(place)) {
      if (!Replay(file)) {
        std::fprintf(stderr, "cannot read %s\n", file.c_str());
        return kNothingToRun;
      }
      ++replayed;
    }
  }
  std::printf("%zu inputs replayed\n", replayed);
  return replayed == 0 ? kNothingToRun : 0;
}
