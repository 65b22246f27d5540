// The command line: which command, with which settings. Wiring only.

#include <fcntl.h>
#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "apps/exit_status.h"
#include "apps/resize_command.h"
#include "apps/serve_command.h"
#include "apps/settings_flags.h"
#include "apps/system_probe.h"
#include "spec/canonical_text.h"

namespace thimble {
namespace {

// Short originals are kept in memory that malloc has faulted in before (base/memfd.h). What it does
// by default would give that back to the system after each and take it anew for the next; and a
// heap for each thread that reads files would multiply what is kept.
void KeepMemoryBetweenRequests() {
  constexpr int kKeptBytes = 4 << 20;
  mallopt(M_MMAP_THRESHOLD, kKeptBytes);
  mallopt(M_TRIM_THRESHOLD, kKeptBytes);
  mallopt(M_ARENA_MAX, 1);
}

constexpr std::int32_t kMaxSide = 65'500;

// The lowest free number is what a new descriptor gets: without this a client's connection could
// become standard error, and the log be written to it.
void OpenMissingStreams() {
  int fd = -1;
  do {
    fd = open("/dev/null", O_RDWR | O_CLOEXEC);
  } while (fd >= 0 && fd <= STDERR_FILENO);
  if (fd >= 0) close(fd);
}

// Each connection is a descriptor, and the usual soft limit, 1024, is for programs that use
// select(2). Where it cannot be raised the server serves within it.
void RaiseFileLimit() {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  static_cast<void>(setrlimit(RLIMIT_NOFILE, &files));
}

void AddSpec(CLI::App& resize, ResizeArguments& arguments) {
  CLI::Option* const spec = resize.add_option_function<std::string>(
      "--spec",
      [&](const std::string& text) {
        const auto parsed = ParseCanonicalText(text);
        if (!parsed) throw CLI::ValidationError("--spec", parsed.error().detail);
        arguments.spec = *parsed;
      },
      "All of it in one text, as the log writes it: w300_h200_cover_q80_webp");
  for (const char* name : {"--width", "--height", "--quality", "--fit", "--enlarge", "--format"}) {
    spec->excludes(resize.get_option(name));
  }
}

CLI::App* AddResize(CLI::App& app, ResizeArguments& arguments) {
  CLI::App* const resize = app.add_subcommand("resize", "Resize one file");
  const CLI::Range sides(1, kMaxSide);
  resize->add_option("IN", arguments.in, "The original")->required();
  resize->add_option("OUT", arguments.out, "The result; - is standard output")->required();
  resize->add_option("--width", arguments.width, "Pixels")->check(sides);
  resize->add_option("--height", arguments.height, "Pixels")->check(sides);
  resize->add_option("--quality", arguments.quality, "1 to 100")->check(CLI::Range(1, 100));
  resize
      ->add_option_function<std::string>(
          "--fit",
          [&](const std::string& name) {
            arguments.fit = FitFromName(name).value_or(Fit::kContain);
          },
          "How the picture fills the box")
      ->check(CLI::IsMember({"contain", "cover", "fill"}))
      ->type_name("");
  resize
      ->add_option_function<std::string>(
          "--format",
          [&](const std::string& name) { arguments.format = ImageFormatFromName(name); },
          "Without it what the ending of OUT says, else the original's own")
      ->check(CLI::IsMember({"jpeg", "jpg", "png", "webp"}))
      ->type_name("");
  resize->add_flag("--enlarge", arguments.enlarge, "The result may be larger than the original");
  AddSpec(*resize, arguments);
  return resize;
}

int CheckConfig(const SettingsSources& sources) {
  const std::optional<Settings> settings = LoadOrComplain(sources, Purpose::kServing);
  if (!settings) return kExitWrongSettings;
  if (Status fine = CheckServing(*settings); !fine) return ComplainAbout(fine.error());
  std::puts("ok");
  return kExitFine;
}

int RunCommand(int count, char** words) {
  CLI::App app("An image server: a URL names an original and a size, the answer is the picture.",
               "thimble");
  app.set_version_flag("--version", "thimble " THIMBLE_VERSION);
  app.require_subcommand(1);
  SettingsSources sources;
  ResizeArguments arguments;
  CLI::App* const serve = app.add_subcommand("serve", "Serve pictures over HTTP");
  AddSettingFlags(*serve, FlagSet::kAll, sources);
  CLI::App* const resize = AddResize(app, arguments);
  AddSettingFlags(*resize, FlagSet::kSandboxOnly, sources);
  CLI::App* const check = app.add_subcommand("check-config", "Name every wrong setting");
  AddSettingFlags(*check, FlagSet::kAll, sources);
  try {
    app.parse(count, words);
  } catch (const CLI::ParseError& outcome) {  // --help and --version as well
    return app.exit(outcome) == 0 ? kExitFine : kExitWrongSettings;
  }

  AddEnvironment(sources);
  if (check->parsed()) return CheckConfig(sources);
  const Purpose purpose = serve->parsed() ? Purpose::kServing : Purpose::kOther;
  const std::optional<Settings> settings = LoadOrComplain(sources, purpose);
  if (!settings) return kExitWrongSettings;
  if (Status there = ProbeSystem(); !there) return ComplainAbout(there.error());
  if (serve->parsed()) return Serve(*settings, std::move(sources));
  return Resize(arguments, *settings);
}

}  // namespace
}  // namespace thimble

int main(int count, char** words) {
  std::signal(SIGPIPE, SIG_IGN);  // a peer that has gone is an error of the write, not of us
  thimble::OpenMissingStreams();
  thimble::KeepMemoryBetweenRequests();
  thimble::RaiseFileLimit();
  try {
    return thimble::RunCommand(count, words);
  } catch (const std::exception& thrown) {  // by a library, where memory or descriptors ran out
    std::fprintf(stderr, "thimble: %s\n", thrown.what());
    return thimble::kExitFailed;
  }
}
