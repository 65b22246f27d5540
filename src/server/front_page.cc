#include "server/front_page.h"

#include <fmt/format.h>

#include "url/query.h"

namespace thimble {

std::string FrontPage() {
  std::string text =
      "This is Thimble, an image server. A URL names an original and what to make of it:\n"
      "\n"
      "  /resize/KEY?width=300&quality=80\n"
      "  /KEY/resize/300/quality/80\n"
      "\n"
      "KEY is the original's key in its bucket, or its path in its folder. The parameters:\n"
      "\n";
  for (const Parameter& parameter : QueryParameters()) {
    text += fmt::format("  {:<8} {}\n", parameter.name, ValuesOf(parameter));
  }
  return text;
}

}  // namespace thimble
