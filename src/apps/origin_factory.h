// The origin that the settings name.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>

#include "base/error.h"
#include "origin/origin.h"
#include "settings/settings.h"

namespace thimble {

// Errors: kBadSetting, e.g. for a missing folder or missing credentials.
Expected<std::unique_ptr<Origin>> MakeOrigin(const boost::asio::any_io_executor& executor,
                                             const OriginSettings& settings);

}  // namespace thimble
