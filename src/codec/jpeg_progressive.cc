#include "codec/jpeg_progressive.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>

#include "base/bytes.h"
#include "codec/jpeg_frame.h"
#include "codec/jpeg_markers.h"
#include "image/size.h"
#include "jpeg/coefficient_rows.h"
#include "jpeg/marker.h"
#include "jpeg/progressive_decoder.h"

namespace thimble {
namespace {

// More than any progression that an encoder makes; a table for each costs some kilobytes.
constexpr std::size_t kMaxScans = 256;

using Tables = std::array<std::optional<HuffmanCodes>, NUM_HUFF_TBLS>;

Tables TablesOf(std::span<JHUFF_TBL* const, NUM_HUFF_TBLS> libjpegs) {
  Tables tables;
  for (std::size_t i = 0; i < tables.size(); ++i) {
    if (libjpegs[i] != nullptr) tables[i] = CodesOf(*libjpegs[i]);
  }
  return tables;
}

// Which tables a component's codes in a scan are of.
struct TableNumbers {
  int dc = 0;
  int ac = 0;
};

// What is behind the header: scans, and the segments between them.
class ScanWalk {
 public:
  explicit ScanWalk(const jpeg_decompress_struct& libjpeg)
      : libjpeg_(libjpeg),
        dc_tables_(TablesOf(libjpeg.dc_huff_tbl_ptrs)),
        ac_tables_(TablesOf(libjpeg.ac_huff_tbl_ptrs)),
        segments_({libjpeg.src->next_input_byte, libjpeg.src->bytes_in_buffer}) {}

  // Nothing where anything is odd.
  std::optional<std::vector<ProgressiveScan>> Scans();

 private:
  std::optional<ProgressiveScan> FirstScan();
  // Reads what is before the next scan. Nothing: odd, or at the end.
  std::optional<ProgressiveScan> NextScan();
  bool ReadTables(ByteSpan payload);
  std::optional<ProgressiveScan> ScanOf(ByteSpan payload);
  // By its identifier.
  std::optional<std::size_t> FindComponent(int identifier) const;
  // Gives the scan its codes and data.
  bool Complete(ProgressiveScan& scan, std::span<const TableNumbers> tables);

  const jpeg_decompress_struct& libjpeg_;
  Tables dc_tables_;
  Tables ac_tables_;
  JpegSegmentReader segments_;
};

std::optional<std::vector<ProgressiveScan>> ScanWalk::Scans() {
  std::vector<ProgressiveScan> scans;
  std::optional<ProgressiveScan> scan = FirstScan();
  while (scan && scans.size() < kMaxScans) {
    scans.push_back(std::move(*scan));
    scan = NextScan();
  }
  if (!segments_.found_end_marker()) return std::nullopt;
  return scans;
}

std::optional<ProgressiveScan> ScanWalk::FirstScan() {
  ProgressiveScan scan{.components = {},
                       .first = libjpeg_.Ss,
                       .last = libjpeg_.Se,
                       .bit_before = libjpeg_.Ah,
                       .low_bit = libjpeg_.Al,
                       .codes = {},
                       .data = {}};
  std::vector<TableNumbers> tables;
  for (int i = 0; i < libjpeg_.comps_in_scan; ++i) {
    const jpeg_component_info& component = *libjpeg_.cur_comp_info[i];
    scan.components.push_back(static_cast<std::size_t>(component.component_index));
    tables.push_back({component.dc_tbl_no, component.ac_tbl_no});
  }
  if (!Complete(scan, tables)) return std::nullopt;
  return scan;
}

std::optional<ProgressiveScan> ScanWalk::NextScan() {
  while (const std::optional<JpegSegment> segment = segments_.Next()) {
    if (segment->marker == marker::kStartOfScan) return ScanOf(segment->payload);
    if (segment->marker == marker::kHuffmanTables) {
      if (!ReadTables(segment->payload)) return std::nullopt;
      continue;
    }
    // Nothing in them changes what the scans mean. Anything else might.
    const bool is_application =
        segment->marker >= marker::kApplication0 && segment->marker <= marker::kApplication15;
    if (segment->marker != marker::kComment && !is_application) return std::nullopt;
  }
  return std::nullopt;
}

bool ScanWalk::ReadTables(ByteSpan payload) {
  constexpr std::size_t kHeadBytes = 17;  // class and number, then how many codes of each length
  constexpr int kAcClass = 0x10;
  while (!payload.empty()) {
    if (payload.size() < kHeadBytes) return false;
    const ByteSpan counts = payload.subspan(1, kHeadBytes - 1);
    const auto count = std::accumulate(counts.begin(), counts.end(), std::size_t{0});
    if (count > 256 || count > payload.size() - kHeadBytes) return false;
    HuffmanCodes codes;
    std::copy(counts.begin(), counts.end(), codes.codes_of_length.begin() + 1);
    const ByteSpan symbols = payload.subspan(kHeadBytes, count);
    std::copy(symbols.begin(), symbols.end(), codes.symbols.begin());
    Tables& tables = (payload.front() & kAcClass) != 0 ? ac_tables_ : dc_tables_;
    const std::size_t number = payload.front() & ~std::size_t{kAcClass};
    if (number >= tables.size()) return false;
    tables[number] = codes;
    payload = payload.subspan(kHeadBytes + count);
  }
  return true;
}

std::optional<ProgressiveScan> ScanWalk::ScanOf(ByteSpan payload) {
  if (payload.empty()) return std::nullopt;
  const std::size_t count = payload.front();
  if (count < 1 || count > MAX_COMPS_IN_SCAN || payload.size() != 2 * count + 4) {
    return std::nullopt;
  }
  ProgressiveScan scan;
  std::vector<TableNumbers> tables;
  for (std::size_t i = 0; i < count; ++i) {
    const std::optional<std::size_t> component = FindComponent(payload[1 + 2 * i]);
    if (!component) return std::nullopt;
    scan.components.push_back(*component);
    tables.push_back({payload[2 + 2 * i] >> 4, payload[2 + 2 * i] & 15});
  }
  const ByteSpan band = payload.last(3);
  scan.first = band[0];
  scan.last = band[1];
  scan.bit_before = band[2] >> 4;
  scan.low_bit = band[2] & 15;
  if (!Complete(scan, tables)) return std::nullopt;
  return scan;
}

std::optional<std::size_t> ScanWalk::FindComponent(int identifier) const {
  for (int i = 0; i < libjpeg_.num_components; ++i) {
    if (libjpeg_.comp_info[i].component_id == identifier) return static_cast<std::size_t>(i);
  }
  return std::nullopt;
}

bool ScanWalk::Complete(ProgressiveScan& scan, std::span<const TableNumbers> tables) {
  // Out of the frame's order, which the standard forbids (B.2.3), libjpeg takes some and others
  // not.
  if (!std::ranges::is_sorted(scan.components)) return false;
  const bool is_dc = scan.first == 0;
  for (const TableNumbers& numbers : tables) {
    if (is_dc && scan.bit_before != 0) break;  // bits without codes
    const int number = is_dc ? numbers.dc : numbers.ac;
    if (number < 0 || number >= NUM_HUFF_TBLS) return false;
    const auto& codes = (is_dc ? dc_tables_ : ac_tables_)[static_cast<std::size_t>(number)];
    if (!codes) return false;
    scan.codes.push_back(*codes);
  }
  const std::optional<ByteSpan> data = segments_.TakeScanData();
  if (data) scan.data = *data;
  return data.has_value();
}

bool IsCommonKind(const jpeg_decompress_struct& libjpeg) {
  if (!libjpeg.progressive_mode || libjpeg.arith_code || libjpeg.restart_interval != 0) {
    return false;
  }
  for (int i = 0; i < libjpeg.num_components; ++i) {
    const jpeg_component_info& component = libjpeg.comp_info[i];
    if (component.quant_tbl_no < 0 || component.quant_tbl_no >= NUM_QUANT_TBLS ||
        libjpeg.quant_tbl_ptrs[component.quant_tbl_no] == nullptr) {
      return false;
    }
    // A broken file may have two components of one name, whose scans cannot be told apart.
    for (int other = 0; other < i; ++other) {
      if (libjpeg.comp_info[other].component_id == component.component_id) return false;
    }
  }
  return true;
}

class RowsOfProgressive final : public CoefficientSource {
 public:
  explicit RowsOfProgressive(ProgressiveDecoder& decoder) : decoder_(decoder) {}

  Expected<bool> NextMcuRow() override { return decoder_.ReadMcuRow(); }
  const std::int16_t* BlockRow(std::size_t component, int row) override {
    return decoder_.row(component, row);
  }
  bool is_complete() const override { return decoder_.is_complete(); }

 private:
  ProgressiveDecoder& decoder_;
};

}  // namespace

std::optional<ProgressivePicture> ProgressivePictureOf(const jpeg_decompress_struct& libjpeg) {
  if (!IsCommonKind(libjpeg)) return std::nullopt;
  std::optional<std::vector<ProgressiveScan>> scans = ScanWalk(libjpeg).Scans();
  if (!scans) return std::nullopt;

  ProgressivePicture picture;
  picture.scans = std::move(*scans);
  for (int i = 0; i < libjpeg.num_components; ++i) {
    const jpeg_component_info& component = libjpeg.comp_info[i];
    picture.components.push_back({.blocks_across = component.h_samp_factor,
                                  .blocks_down = component.v_samp_factor,
                                  .own_grid = {static_cast<int>(component.width_in_blocks),
                                               static_cast<int>(component.height_in_blocks)}});
  }
  picture.mcus_across =
      DivideUp(static_cast<int>(libjpeg.image_width), libjpeg.max_h_samp_factor * DCTSIZE);
  picture.mcus_down =
      DivideUp(static_cast<int>(libjpeg.image_height), libjpeg.max_v_samp_factor * DCTSIZE);
  return picture;
}

Expected<ScanEnd> DecodeProgressive(const jpeg_decompress_struct& libjpeg,
                                    std::span<const ScanOutput> outputs) {
  const std::optional<JpegFrame> frame = FrameOf(libjpeg);
  if (!frame) return ScanEnd::kNotRead;
  std::optional<ProgressivePicture> picture = ProgressivePictureOf(libjpeg);
  if (!picture) return ScanEnd::kNotRead;
  THIMBLE_TRY(std::optional<ProgressiveDecoder> decoder,
              ProgressiveDecoder::Create(std::move(*picture)));
  if (!decoder) return ScanEnd::kNotRead;
  RowsOfProgressive rows(*decoder);
  return TransformCoefficients(*frame, rows, outputs);
}

}  // namespace thimble
