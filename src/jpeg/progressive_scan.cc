#include "jpeg/progressive_scan.h"

#include <algorithm>
#include <utility>

namespace thimble {
ProgressiveScanReader::ProgressiveScanReader(const ProgressivePicture& picture,
                                             const ProgressiveScan& scan, UnstuffedData data)
    : picture_(&picture), scan_(&scan), data_(std::move(data)), last_dc_(scan.components.size()) {
  place_ = {.data = data_.begin(), .end_bit = 8 * data_.size()};
}

Expected<std::optional<ProgressiveScanReader>> ProgressiveScanReader::Create(
    const ProgressivePicture& picture, const ProgressiveScan& scan) {
  THIMBLE_TRY(UnstuffedData data, UnstuffedData::Create(scan.data, kScanPadding));
  ProgressiveScanReader reader(picture, scan, std::move(data));
  if (scan.first > 0 && scan.bit_before > 0) {
    if (scan.low_bit >= kRefinedBits) return std::nullopt;
    reader.refinements_ = RefinementTable::Create(scan.codes.front());
    if (!reader.refinements_) return std::nullopt;
    return reader;
  }
  const auto use = scan.first == 0 ? ProgressiveUse::kDc : ProgressiveUse::kAc;
  for (const HuffmanCodes& codes : scan.codes) {
    const auto table = ProgressiveTable::Create(codes, use, scan.low_bit);
    if (!table) return std::nullopt;
    reader.tables_.push_back(*table);
  }
  return reader;
}

bool ProgressiveScanReader::is_at_end() const {
  return place_.bit <= place_.end_bit && place_.end_bit - place_.bit < 8;
}

int ProgressiveScanReader::OwnRows(int mcu_y) const {
  const ProgressiveComponent& component = picture_->components[scan_->components.front()];
  return std::clamp(component.own_grid.down - mcu_y * component.blocks_down, 0,
                    component.blocks_down);
}

AcPart ProgressiveScanReader::PartOf(int mcu_y, const McuRowPlace& place) {
  const std::size_t index = scan_->components.front();
  const ProgressiveComponent& component = picture_->components[index];
  ComponentBits& bits = place.bits[index];
  return {.table = table(0),
          .refinements = refinements_ ? &*refinements_ : nullptr,
          .first = scan_->first,
          .last = scan_->last,
          .low_bit = scan_->low_bit,
          .place = &place_,
          .coefficients = place.coefficients->mutable_row(index, place.row * component.blocks_down),
          .bits = bits.row(place.row * component.blocks_down),
          .blocks = static_cast<std::size_t>(component.own_grid.across),
          .rows = static_cast<std::size_t>(OwnRows(mcu_y)),
          .to_next_row = bits.across};
}

bool ProgressiveScanReader::ReadDc(int mcu_y, const McuRowPlace& place,
                                   const ProgressiveReader& reader) {
  if (scan_->components.size() > 1) return ReadInterleavedDc(place, reader);
  // The scan of a single component has only the blocks that the component's samples need.
  const std::size_t index = scan_->components.front();
  const ProgressiveComponent& component = picture_->components[index];
  const int rows = OwnRows(mcu_y);
  for (int y = 0; y < rows; ++y) {
    const DcBlock block = {.table = table(0),
                           .coefficients = place.coefficients->mutable_row(
                               index, place.row * component.blocks_down + y),
                           .to_next = kCoefficientsInBlock,
                           .last_dc = last_dc_.data()};
    if (!ReadDcBlocks({&block, 1}, component.own_grid.across, reader)) return false;
  }
  return true;
}

bool ProgressiveScanReader::ReadInterleavedDc(const McuRowPlace& place,
                                              const ProgressiveReader& reader) {
  std::vector<DcBlock> blocks;
  for (std::size_t i = 0; i < scan_->components.size(); ++i) {
    const std::size_t index = scan_->components[i];
    const ProgressiveComponent& component = picture_->components[index];
    const auto across = static_cast<std::size_t>(component.blocks_across);
    for (int y = 0; y < component.blocks_down; ++y) {
      std::int16_t* const row =
          place.coefficients->mutable_row(index, place.row * component.blocks_down + y);
      for (std::size_t x = 0; x < across; ++x) {
        blocks.push_back({.table = table(i),
                          .coefficients = row + x * kCoefficientsInBlock,
                          .to_next = across * kCoefficientsInBlock,
                          .last_dc = &last_dc_[i]});
      }
    }
  }
  return ReadDcBlocks(blocks, picture_->mcus_across, reader);
}

bool ProgressiveScanReader::ReadDcBlocks(std::span<const DcBlock> blocks, int mcus,
                                         const ProgressiveReader& reader) {
  const auto read = scan_->bit_before == 0 ? reader.read_dc : reader.refine_dc;
  return read(blocks, mcus, scan_->low_bit, place_);
}

}  // namespace thimble
