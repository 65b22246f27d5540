#include "apps/worker_program.h"

#include <unistd.h>

#include <filesystem>
#include <system_error>

namespace thimble {

Expected<std::string> FindWorkerProgram(const std::string& configured) {
  std::filesystem::path program = configured;
  if (configured.empty()) {
    std::error_code problem;
    program = std::filesystem::read_symlink("/proc/self/exe", problem);
    if (problem) return Fail(ErrorCode::kSystem, "/proc/self/exe: " + problem.message());
    program.replace_filename("thimble-worker");
  }
  if (access(program.c_str(), X_OK) != 0) {
    return FailErrno("workers.program: " + program.string(), ErrorCode::kBadSetting);
  }
  return program.string();
}

}  // namespace thimble
