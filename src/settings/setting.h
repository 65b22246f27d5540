// One setting as data: its name, what it accepts, what it is for, and how it is written into
// Settings. The table in settings_table.h is made of these; the loader, the flags and the test of
// docs/configuration.md all read that one table.
//
// Thread-safety: values. Errors: kBadSetting, its detail completing "<key>: ...".
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/error.h"
#include "settings/settings.h"

namespace thimble {

// What a source gave for a setting, before anyone knows what the setting accepts. The environment
// and flags give text; a TOML file gives the other kinds too.
struct RawValue {
  enum class Kind : std::uint8_t { kText, kInteger, kReal, kBoolean, kList, kOther };
  Kind kind = Kind::kText;
  std::vector<std::string> items;  // one, but for a list

  static RawValue Text(std::string text) { return {Kind::kText, {std::move(text)}}; }
};

struct Setting {
  std::string key;      // in the file: "http.keep_alive"; THIMBLE_HTTP_KEEP_ALIVE is made from it
  std::string accepts;  // for people: "duration", "text or json"
  std::string flag;     // of `thimble serve`: "--listen"; empty: none
  std::string help;     // one sentence
  bool is_switch = false;      // a flag without a value
  bool needs_restart = false;  // cannot change while the server runs
  std::function<Status(Settings&, const RawValue&)> assign;
  std::function<std::string(const Settings&)> show;  // as an operator would write it
};

// "http.keep_alive" -> "THIMBLE_HTTP_KEEP_ALIVE".
std::string EnvironmentNameOf(const Setting& setting);

}  // namespace thimble
