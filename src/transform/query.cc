#include "transform/query.h"

#include <algorithm>
#include <array>
#include <vector>

#include "transform/url_text.h"

namespace thimble {
namespace {

struct Parameter {
  std::string_view name;
  Status (*ask)(Asked& asked, std::string_view text);
};

constexpr std::array<Parameter, 10> kParameters = {{
    {"size", AskWidth},  // the original system's names
    {"quality", AskQuality},
    {"w", AskWidth},
    {"h", AskHeight},
    {"dpr", AskDpr},
    {"fit", AskFit},
    {"enlarge", AskEnlarge},
    {"q", AskQuality},
    {"fm", AskFormat},
    {"auto", AskAuto},
}};

}  // namespace

Status ReadQuery(std::string_view query, Asked& asked) {
  THIMBLE_TRY(const std::vector<QueryPair> pairs, DecodedPairs(query));
  for (const QueryPair& pair : pairs) {
    const auto* const parameter =
        std::find_if(kParameters.begin(), kParameters.end(),
                     [&](const Parameter& p) { return p.name == pair.name; });
    if (parameter == kParameters.end()) return Fail(ErrorCode::kUnknownParameter);
    if (Status status = parameter->ask(asked, pair.value); !status) return status;
  }
  return {};
}

}  // namespace thimble
