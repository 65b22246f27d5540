#include "process_table.h"

#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>

namespace thimble {
namespace {

std::optional<ProcessEntry> ReadEntry(const std::filesystem::path& folder) {
  const std::string name = folder.filename().string();
  ProcessEntry entry;
  const auto parsed = std::from_chars(name.data(), name.data() + name.size(), entry.pid);
  if (parsed.ec != std::errc() || parsed.ptr != name.data() + name.size()) return std::nullopt;
  std::ifstream file(folder / "stat");
  const std::string line{std::istreambuf_iterator<char>(file), {}};
  const std::size_t name_end = line.rfind(')');  // a program's name may hold anything
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream rest(line.substr(name_end + 1));
  rest >> entry.state >> entry.parent;
  return entry;
}

}  // namespace

std::vector<ProcessEntry> ChildrenOf(pid_t parent) {
  std::vector<ProcessEntry> children;
  for (const auto& folder : std::filesystem::directory_iterator("/proc")) {
    const std::optional<ProcessEntry> entry = ReadEntry(folder.path());
    if (entry && entry->parent == parent) children.push_back(*entry);
  }
  return children;
}

std::size_t OpenDescriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

}  // namespace thimble
