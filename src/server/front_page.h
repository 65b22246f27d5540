// What "/" answers: a few lines that say what this server is and how to ask it for a picture.
#pragma once

#include <string>

namespace thimble {

std::string FrontPage();

}  // namespace thimble
