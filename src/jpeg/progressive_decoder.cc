#include "jpeg/progressive_decoder.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>

#include "jpeg/progression.h"

namespace thimble {
namespace {

// What a scan waits for: another that gives bits of the same coefficients.
bool DependsOn(const ProgressiveScan& scan, const ProgressiveScan& earlier) {
  if (scan.first > earlier.last || scan.last < earlier.first) return false;
  return std::any_of(scan.components.begin(), scan.components.end(), [&](std::size_t component) {
    return std::count(earlier.components.begin(), earlier.components.end(), component) > 0;
  });
}

std::vector<int> LagsOf(std::span<const ProgressiveScan> scans) {
  std::vector<int> lags(scans.size());
  for (std::size_t i = 0; i < scans.size(); ++i) {
    for (std::size_t earlier = 0; earlier < i; ++earlier) {
      if (DependsOn(scans[i], scans[earlier])) lags[i] = std::max(lags[i], lags[earlier] + 1);
    }
  }
  return lags;
}

std::vector<std::size_t> BySize(std::span<const ProgressiveScan> scans) {
  std::vector<std::size_t> order(scans.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [scans](std::size_t a, std::size_t b) {
    return scans[a].data.size() > scans[b].data.size();
  });
  return order;
}

}  // namespace

Expected<std::optional<ProgressiveDecoder>> ProgressiveDecoder::Create(ProgressivePicture picture) {
  if (!IsLegalProgression(picture)) return std::nullopt;
  ProgressiveDecoder decoder(std::make_unique<const ProgressivePicture>(std::move(picture)));
  for (const ProgressiveScan& scan : decoder.picture_->scans) {
    THIMBLE_TRY(std::optional<ProgressiveScanReader> reader,
                ProgressiveScanReader::Create(*decoder.picture_, scan));
    if (!reader) return std::nullopt;
    decoder.scans_.push_back(std::move(*reader));
  }
  decoder.lags_ = LagsOf(decoder.picture_->scans);
  decoder.is_refined_.resize(decoder.picture_->components.size());
  for (const ProgressiveScan& scan : decoder.picture_->scans) {
    if (scan.first > 0 && scan.bit_before > 0) decoder.is_refined_[scan.components.front()] = true;
  }
  decoder.by_size_ = BySize(decoder.picture_->scans);
  if (Status kept = decoder.AllocateRows(); !kept) return Forward(kept);
  return decoder;
}

int ProgressiveDecoder::rows_in_work() const {
  return 1 + *std::max_element(lags_.begin(), lags_.end());
}

Status ProgressiveDecoder::AllocateRows() {
  const int rows = rows_in_work();
  std::vector<BlockGrid> grids;
  for (const ProgressiveComponent& component : picture_->components) {
    const int across = picture_->mcus_across * component.blocks_across;
    grids.push_back({across, rows * component.blocks_down});
    bits_.push_back({.blocks = {}, .across = static_cast<std::size_t>(across)});
    bits_.back().blocks.resize(bits_.back().across *
                               static_cast<std::size_t>(rows * component.blocks_down));
  }
  THIMBLE_TRY(coefficients_, CoefficientPicture::Create(grids));
  return {};
}

McuRowPlace ProgressiveDecoder::PlaceOf(int mcu_y) {
  return {.coefficients = &coefficients_, .bits = bits_, .row = mcu_y % rows_in_work()};
}

void ProgressiveDecoder::BeginRow(int mcu_y) {
  const McuRowPlace place = PlaceOf(mcu_y);
  for (std::size_t i = 0; i < bits_.size(); ++i) {
    const int down = picture_->components[i].blocks_down;
    const std::size_t blocks = bits_[i].across * static_cast<std::size_t>(down);
    std::fill_n(bits_[i].row(place.row * down), blocks, BlockBits{});
    if (mcu_y < rows_in_work()) continue;  // still as it was created
    std::fill_n(coefficients_.mutable_row(i, place.row * down), blocks * kCoefficientsInBlock,
                std::int16_t{0});
  }
}

void ProgressiveDecoder::FinishRow(int mcu_y) {
  const McuRowPlace place = PlaceOf(mcu_y);
  for (std::size_t i = 0; i < bits_.size(); ++i) {
    if (!is_refined_[i]) continue;
    const int down = picture_->components[i].blocks_down;
    const std::size_t blocks = bits_[i].across * static_cast<std::size_t>(down);
    add_refined_bits_({bits_[i].row(place.row * down), blocks},
                      coefficients_.mutable_row(i, place.row * down));
  }
}

bool ProgressiveDecoder::ReadStage(int stage) {
  if (stage < picture_->mcus_down) BeginRow(stage);
  std::vector<AcPart> first;
  std::vector<AcPart> refinements;
  for (const std::size_t i : by_size_) {
    const int mcu_y = stage - lags_[i];
    if (mcu_y < 0 || mcu_y >= picture_->mcus_down) continue;
    ProgressiveScanReader& scan = scans_[i];
    if (scan.scan().first == 0) {
      if (!scan.ReadDc(mcu_y, PlaceOf(mcu_y), reader_)) return false;
      continue;
    }
    const AcPart part = scan.PartOf(mcu_y, PlaceOf(mcu_y));
    if (part.rows > 0) (scan.scan().bit_before == 0 ? first : refinements).push_back(part);
  }
  return reader_.read_ac(first) && reader_.refine_ac(refinements);
}

bool ProgressiveDecoder::ReadMcuRow() {
  const int last_stage = std::max(next_stage_, rows_in_work() - 1);
  while (next_stage_ <= last_stage) {
    if (!ReadStage(next_stage_++)) return false;
  }
  FinishRow(next_stage_ - rows_in_work());
  return true;
}

std::int16_t* ProgressiveDecoder::row(std::size_t component, int y) {
  const int mcu_y = next_stage_ - rows_in_work();
  const int down = picture_->components[component].blocks_down;
  return coefficients_.mutable_row(component, mcu_y % rows_in_work() * down + y);
}

bool ProgressiveDecoder::is_complete() const {
  return std::all_of(scans_.begin(), scans_.end(),
                     [](const ProgressiveScanReader& scan) { return scan.is_at_end(); });
}

}  // namespace thimble
