// docs/operating.md must tell of every log field and every metric, and of no others.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "observe/log.h"
#include "observe/metrics.h"

namespace thimble {
namespace {

using ::testing::UnorderedElementsAreArray;

// Rows of the table that begins with `heading`, as they stand there.
std::vector<std::string> RowsBelow(const std::string& heading) {
  std::ifstream document(THIMBLE_OPERATING_DOCUMENT);
  std::vector<std::string> rows;
  std::string line;
  while (std::getline(document, line) && !line.starts_with(heading)) {
  }
  while (std::getline(document, line) && line.starts_with("|")) {
    if (line.starts_with("| `")) rows.push_back(line);
  }
  return rows;
}

RequestRecord FailedPicture() {
  RequestRecord record;
  record.route = Route::kPicture;
  record.status = 502;
  record.error = ErrorCode::kOriginFailed;
  record.error_detail = "status 500";
  record.format = ImageFormat::kJpeg;
  return record;
}

TEST(OperatingDocument, ListsTheFieldsOfTheLog) {
  std::vector<std::string> fields = {"time", "level", "message"};
  const nlohmann::json line = nlohmann::json::parse(RequestAsJson(FailedPicture()));
  for (const auto& item : line.items()) {
    fields.push_back(item.key());
  }
  std::vector<std::string> documented;
  for (const std::string& row : RowsBelow("| field |")) {
    documented.push_back(row.substr(3, row.find('`', 3) - 3));
  }
  EXPECT_THAT(documented, UnorderedElementsAreArray(fields));
}

// `sample`: name{label="value",...} number.
std::set<std::string> LabelsIn(const std::string& sample) {
  std::set<std::string> labels;
  std::size_t at = sample.find('{');
  while (at != std::string::npos && sample[at] != '}') {
    const std::size_t equals = sample.find("=\"", ++at);
    if (equals == std::string::npos) break;
    labels.insert(sample.substr(at, equals - at));
    at = sample.find('"', equals + 2);
    if (at != std::string::npos) ++at;
  }
  labels.erase("le");  // every histogram's own
  return labels;
}

// A table's row for each family in Prometheus' text.
std::vector<std::string> RowsOf(const std::string& text) {
  std::vector<std::string> rows;
  std::map<std::string, std::string> help;
  std::istringstream lines(text);
  std::string name;
  std::string type;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string mark;
    std::string kind;
    words >> mark >> kind;
    if (mark != "#") {
      if (name.empty()) continue;
      std::string labels;
      for (const std::string& label : LabelsIn(line)) {
        labels += (labels.empty() ? "`" : ", `") + label + '`';
      }
      rows.push_back("| `" + name + "` | " + type + " | " + labels + " | " + help[name] + " |");
      name.clear();
    } else if (kind == "HELP") {
      words >> name;
      std::getline(words >> std::ws, help[name]);
    } else {
      words >> name >> type;
    }
  }
  return rows;
}

std::string AsText(const std::vector<std::string>& rows) {
  std::string text;
  for (const std::string& row : rows) text += row + '\n';
  return text;
}

TEST(OperatingDocument, ListsTheMetrics) {
  Metrics metrics;
  metrics.CountRequest(FailedPicture());
  metrics.CountFetchFailure(ErrorCode::kOriginFailed);
  metrics.CountCredentialsRenewal(std::chrono::system_clock::time_point());
  metrics.CountOriginRefusal("expired_token");
  metrics.CountOriginRepeat("slow_down");
  ServerGauges gauges;
  gauges.fingerprint = "engine";
  const auto rows = RowsOf(metrics.Render(gauges));
  EXPECT_THAT(RowsBelow("| metric |"), UnorderedElementsAreArray(rows)) << "The table should be:\n"
                                                                        << AsText(rows);
}

}  // namespace
}  // namespace thimble
