#include "codec/jpeg_progressive.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <numeric>
#include <span>
#include <utility>

#include "base/bytes.h"
#include "codec/jpeg_frame.h"
#include "image/size.h"
#include "jpeg/coefficient_rows.h"
#include "jpeg/progressive_decoder.h"

namespace thimble {
namespace {

constexpr std::uint8_t kMarkerPrefix = 0xFF;
constexpr std::uint8_t kHuffmanTables = 0xC4;
constexpr std::uint8_t kEndOfImage = 0xD9;
constexpr std::uint8_t kStartOfScan = 0xDA;
constexpr std::uint8_t kComment = 0xFE;
constexpr std::uint8_t kApplication0 = 0xE0;
constexpr std::uint8_t kApplication15 = 0xEF;
constexpr std::size_t kLengthBytes = 2;  // a length counts itself

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
        rest_(libjpeg.src->next_input_byte, libjpeg.src->bytes_in_buffer) {}

  // Nothing where anything is odd.
  std::optional<std::vector<ProgressiveScan>> Scans();

 private:
  struct Segment {
    std::uint8_t marker = 0;
    ByteSpan payload;
  };

  std::optional<ProgressiveScan> FirstScan();
  // Reads what is before the next scan. Nothing: odd, or at the end.
  std::optional<ProgressiveScan> NextScan();
  std::optional<Segment> NextSegment();
  bool ReadTables(ByteSpan payload);
  std::optional<ProgressiveScan> ScanOf(ByteSpan payload);
  // By its identifier.
  std::optional<std::size_t> FindComponent(int identifier) const;
  // Gives the scan its codes and data.
  bool Complete(ProgressiveScan& scan, std::span<const TableNumbers> tables);
  // Up to the next marker. Nothing where the source ends.
  std::optional<ByteSpan> TakeScanData();

  const jpeg_decompress_struct& libjpeg_;
  Tables dc_tables_;
  Tables ac_tables_;
  ByteSpan rest_;
  bool at_end_ = false;
};

std::optional<std::vector<ProgressiveScan>> ScanWalk::Scans() {
  std::vector<ProgressiveScan> scans;
  std::optional<ProgressiveScan> scan = FirstScan();
  while (scan && scans.size() < kMaxScans) {
    scans.push_back(std::move(*scan));
    scan = NextScan();
  }
  if (!at_end_) return std::nullopt;
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
  while (const std::optional<Segment> segment = NextSegment()) {
    if (segment->marker == kStartOfScan) return ScanOf(segment->payload);
    if (segment->marker == kHuffmanTables) {
      if (!ReadTables(segment->payload)) return std::nullopt;
      continue;
    }
    // Nothing in them changes what the scans mean. Anything else might.
    const bool is_application =
        segment->marker >= kApplication0 && segment->marker <= kApplication15;
    if (segment->marker != kComment && !is_application) return std::nullopt;
  }
  return std::nullopt;
}

std::optional<ScanWalk::Segment> ScanWalk::NextSegment() {
  if (rest_.empty() || rest_.front() != kMarkerPrefix) return std::nullopt;
  // A marker may be preceded by any number of fill bytes, which look like its prefix.
  const auto marker =
      std::find_if(rest_.begin(), rest_.end(), [](auto byte) { return byte != kMarkerPrefix; });
  if (marker == rest_.end()) return std::nullopt;
  rest_ = {marker + 1, rest_.end()};
  at_end_ = *marker == kEndOfImage;
  if (at_end_ || rest_.size() < kLengthBytes) return std::nullopt;
  const std::size_t length = std::size_t{rest_[0]} << 8 | rest_[1];
  if (length < kLengthBytes || length > rest_.size()) return std::nullopt;
  const Segment segment = {*marker, rest_.subspan(kLengthBytes, length - kLengthBytes)};
  rest_ = rest_.subspan(length);
  return segment;
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
  const bool is_dc = scan.first == 0;
  for (const TableNumbers& numbers : tables) {
    if (is_dc && scan.bit_before != 0) break;  // bits without codes
    const int number = is_dc ? numbers.dc : numbers.ac;
    if (number < 0 || number >= NUM_HUFF_TBLS) return false;
    const auto& codes = (is_dc ? dc_tables_ : ac_tables_)[static_cast<std::size_t>(number)];
    if (!codes) return false;
    scan.codes.push_back(*codes);
  }
  const std::optional<ByteSpan> data = TakeScanData();
  if (data) scan.data = *data;
  return data.has_value();
}

std::optional<ByteSpan> ScanWalk::TakeScanData() {
  std::size_t size = 0;
  while (size < rest_.size()) {
    const void* const found = std::memchr(rest_.data() + size, kMarkerPrefix, rest_.size() - size);
    if (found == nullptr) break;
    size = static_cast<std::size_t>(static_cast<const std::uint8_t*>(found) - rest_.data());
    if (size + 1 == rest_.size()) break;
    if (rest_[size + 1] != 0) {
      const ByteSpan data = rest_.first(size);
      rest_ = rest_.subspan(size);
      return data;
    }
    size += 2;
  }
  return std::nullopt;
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

bool IsAcScanOf(const std::vector<bool>& components, const ProgressiveScan& scan) {
  return scan.first > 0 && scan.components.size() == 1 && components[scan.components.front()];
}

}  // namespace

std::optional<ProgressivePicture> ProgressivePictureOf(const jpeg_decompress_struct& libjpeg,
                                                       const std::vector<bool>& only_dc) {
  THIMBLE_CHECK(only_dc.size() == static_cast<std::size_t>(libjpeg.num_components));
  if (!IsCommonKind(libjpeg)) return std::nullopt;
  std::optional<std::vector<ProgressiveScan>> scans = ScanWalk(libjpeg).Scans();
  if (!scans) return std::nullopt;
  std::erase_if(*scans, [&](const ProgressiveScan& scan) { return IsAcScanOf(only_dc, scan); });

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
  std::vector<bool> only_dc;
  for (std::size_t i = 0; i < frame->components.size(); ++i) {
    only_dc.push_back(AreReducedToDc(outputs, i));
  }
  std::optional<ProgressivePicture> picture = ProgressivePictureOf(libjpeg, only_dc);
  if (!picture) return ScanEnd::kNotRead;
  THIMBLE_TRY(std::optional<ProgressiveDecoder> decoder,
              ProgressiveDecoder::Create(std::move(*picture)));
  if (!decoder) return ScanEnd::kNotRead;
  RowsOfProgressive rows(*decoder);
  return TransformCoefficients(*frame, rows, outputs);
}

}  // namespace thimble
