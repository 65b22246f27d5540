// An entity tag made of an original's bytes, for stores that send neither a tag nor a date.
//
// Pure. Errors: kSystem where the bytes cannot be mapped.
#pragma once

#include <string>

#include "base/error.h"
#include "base/memfd.h"

namespace thimble {

// Their SHA-256 in quotes.
Expected<std::string> ContentTag(const SealedBytes& bytes);

}  // namespace thimble
