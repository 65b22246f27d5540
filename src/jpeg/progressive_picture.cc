#include "jpeg/progressive_picture.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>

#include "jpeg/progression.h"
#include "jpeg/progressive_reader.h"
#include "jpeg/progressive_table.h"
#include "jpeg/unstuffed_data.h"

namespace thimble {
namespace {

// The part of a component's blocks that one row of MCUs covers.
struct ComponentRows {
  int first_row = 0;
  int own_rows = 0;     // without those that fill up the MCUs
  int padded_rows = 0;  // with them
};

// Which AC coefficients of the blocks of one row of MCUs are not zero, of one component.
struct NonzeroSets {
  std::vector<CoefficientSet> sets;
  std::size_t across = 0;

  std::span<CoefficientSet> row(int y, int blocks) {
    return std::span(sets).subspan(static_cast<std::size_t>(y) * across,
                                   static_cast<std::size_t>(blocks));
  }
};

// One scan, and how far it has been read.
class ScanReader {
 public:
  // Nothing: a table that no decoder takes.
  static Expected<std::optional<ScanReader>> Create(const ProgressivePicture& picture,
                                                    const ProgressiveScan& scan);

  bool ReadMcuRow(int mcu_y, const ProgressiveReader& reader, CoefficientPicture& coefficients,
                  std::vector<NonzeroSets>& nonzero);

  // Whether nothing but the last byte's padding is left.
  bool is_at_end() const {
    const auto bits =
        (place_.end - place_.next) * 8 + static_cast<std::ptrdiff_t>(place_.bit_count);
    return bits >= 0 && bits < 8;
  }

 private:
  ScanReader(const ProgressivePicture& picture, const ProgressiveScan& scan, UnstuffedData data)
      : picture_(&picture), scan_(&scan), data_(std::move(data)), last_dc_(scan.components.size()) {
    place_ = {.next = data_.begin(), .end = data_.end()};
  }

  bool ReadInterleavedDc(int mcu_y, const ProgressiveReader& reader,
                         CoefficientPicture& coefficients);
  bool ReadDcRow(int y, const ProgressiveReader& reader, CoefficientPicture& coefficients);
  bool ReadDc(std::span<const DcBlock> blocks, int mcus, const ProgressiveReader& reader);
  const ProgressiveTable* table(std::size_t i) const {
    return tables_.empty() ? nullptr : &tables_[i];
  }

  const ProgressivePicture* picture_;
  const ProgressiveScan* scan_;
  UnstuffedData data_;
  std::vector<ProgressiveTable> tables_;  // of each component
  std::vector<std::int32_t> last_dc_;     // of each component
  ScanPlace place_;
};

ProgressiveUse UseOf(const ProgressiveScan& scan) {
  if (scan.first == 0) return ProgressiveUse::kDcFirst;
  return scan.bit_before == 0 ? ProgressiveUse::kAcFirst : ProgressiveUse::kAcRefinement;
}

Expected<std::optional<ScanReader>> ScanReader::Create(const ProgressivePicture& picture,
                                                       const ProgressiveScan& scan) {
  THIMBLE_TRY(UnstuffedData data, UnstuffedData::Create(scan.data, kScanPadding));
  ScanReader reader(picture, scan, std::move(data));
  for (const HuffmanCodes& codes : scan.codes) {
    const auto table = ProgressiveTable::Create(codes, UseOf(scan), scan.low_bit);
    if (!table) return std::nullopt;
    reader.tables_.push_back(*table);
  }
  return reader;
}

// The scan of a single component has only the blocks that the component's samples need.
ComponentRows RowsOf(const ProgressiveComponent& component, int mcu_y) {
  const int first = mcu_y * component.blocks_down;
  return {.first_row = first,
          .own_rows = std::clamp(component.own_grid.down - first, 0, component.blocks_down),
          .padded_rows = component.blocks_down};
}

bool ScanReader::ReadMcuRow(int mcu_y, const ProgressiveReader& reader,
                            CoefficientPicture& coefficients, std::vector<NonzeroSets>& nonzero) {
  if (scan_->components.size() > 1) return ReadInterleavedDc(mcu_y, reader, coefficients);
  const std::size_t index = scan_->components.front();
  const ProgressiveComponent& component = picture_->components[index];
  const ComponentRows rows = RowsOf(component, mcu_y);
  const auto read_ac = scan_->bit_before == 0 ? reader.read_ac : reader.refine_ac;
  for (int y = 0; y < rows.own_rows; ++y) {
    if (scan_->first == 0) {
      if (!ReadDcRow(rows.first_row + y, reader, coefficients)) return false;
      continue;
    }
    const AcScan scan = {
        .table = table(0), .first = scan_->first, .last = scan_->last, .low_bit = scan_->low_bit};
    const AcBlocks blocks = {coefficients.mutable_row(index, rows.first_row + y),
                             nonzero[index].row(y, component.own_grid.across)};
    if (!read_ac(scan, place_, blocks)) return false;
  }
  return true;
}

bool ScanReader::ReadInterleavedDc(int mcu_y, const ProgressiveReader& reader,
                                   CoefficientPicture& coefficients) {
  std::vector<DcBlock> blocks;
  for (std::size_t i = 0; i < scan_->components.size(); ++i) {
    const std::size_t index = scan_->components[i];
    const ProgressiveComponent& component = picture_->components[index];
    const auto across = static_cast<std::size_t>(component.blocks_across);
    const ComponentRows rows = RowsOf(component, mcu_y);
    for (int y = 0; y < rows.padded_rows; ++y) {
      std::int16_t* const row = coefficients.mutable_row(index, rows.first_row + y);
      for (std::size_t x = 0; x < across; ++x) {
        blocks.push_back({.table = table(i),
                          .coefficients = row + x * kCoefficientsInBlock,
                          .to_next = across * kCoefficientsInBlock,
                          .last_dc = &last_dc_[i]});
      }
    }
  }
  return ReadDc(blocks, picture_->mcus_across, reader);
}

bool ScanReader::ReadDcRow(int y, const ProgressiveReader& reader,
                           CoefficientPicture& coefficients) {
  const std::size_t index = scan_->components.front();
  const DcBlock block = {.table = table(0),
                         .coefficients = coefficients.mutable_row(index, y),
                         .to_next = kCoefficientsInBlock,
                         .last_dc = last_dc_.data()};
  return ReadDc({&block, 1}, picture_->components[index].own_grid.across, reader);
}

bool ScanReader::ReadDc(std::span<const DcBlock> blocks, int mcus,
                        const ProgressiveReader& reader) {
  const auto read = scan_->bit_before == 0 ? reader.read_dc : reader.refine_dc;
  return read(blocks, mcus, scan_->low_bit, place_);
}

Expected<CoefficientPicture> CreateCoefficients(const ProgressivePicture& picture) {
  std::vector<BlockGrid> grids;
  for (const ProgressiveComponent& component : picture.components) {
    grids.push_back(
        {picture.mcus_across * component.blocks_across, picture.mcus_down * component.blocks_down});
  }
  return CoefficientPicture::Create(grids);
}

std::vector<NonzeroSets> CreateNonzeroSets(const CoefficientPicture& coefficients,
                                           const ProgressivePicture& picture) {
  std::vector<NonzeroSets> nonzero;
  for (std::size_t i = 0; i < picture.components.size(); ++i) {
    const auto across = static_cast<std::size_t>(coefficients.grid(i).across);
    const auto down = static_cast<std::size_t>(picture.components[i].blocks_down);
    nonzero.push_back({std::vector<CoefficientSet>(across * down), across});
  }
  return nonzero;
}

}  // namespace

Expected<std::optional<CoefficientPicture>> DecodeProgressivePicture(
    const ProgressivePicture& picture) {
  if (!IsLegalProgression(picture)) return std::nullopt;
  std::vector<ScanReader> scans;
  for (const ProgressiveScan& scan : picture.scans) {
    THIMBLE_TRY(std::optional<ScanReader> reader, ScanReader::Create(picture, scan));
    if (!reader) return std::nullopt;
    scans.push_back(std::move(*reader));
  }
  THIMBLE_TRY(CoefficientPicture coefficients, CreateCoefficients(picture));
  std::vector<NonzeroSets> nonzero = CreateNonzeroSets(coefficients, picture);
  const ProgressiveReader reader = ProgressiveReaderForThisCpu();
  for (int mcu_y = 0; mcu_y < picture.mcus_down; ++mcu_y) {
    for (NonzeroSets& component : nonzero)
      std::fill(component.sets.begin(), component.sets.end(), 0);
    for (ScanReader& scan : scans) {
      if (!scan.ReadMcuRow(mcu_y, reader, coefficients, nonzero)) return std::nullopt;
    }
  }
  if (!std::all_of(scans.begin(), scans.end(),
                   [](const ScanReader& scan) { return scan.is_at_end(); })) {
    return std::nullopt;
  }
  return coefficients;
}

}  // namespace thimble
