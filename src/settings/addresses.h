// Where to listen and where originals are, as one text each: "127.0.0.1:8080", "[::1]:8080",
// "file:/srv/pictures", "s3://bucket/prefix".
//
// Errors: kBadSetting, its detail saying what was expected.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "settings/settings.h"

namespace thimble {

// A numeric address and a port; names are refused because they may mean several addresses.
Status ParseListenAddress(std::string_view text, HttpSettings& http);
std::string ShowListenAddress(const HttpSettings& http);

// Sets `kind` and the root, or the bucket and prefix. A prefix is a folder: it gets its closing
// slash.
Status ParseOriginUrl(std::string_view text, OriginSettings& origin);
// Empty when no origin is set.
std::string ShowOriginUrl(const OriginSettings& origin);
bool HasOrigin(const OriginSettings& origin);

}  // namespace thimble
