#include "jpeg/mcu_reader.h"

#include <algorithm>

namespace thimble {
namespace {

constexpr std::size_t kWindowBytes = std::size_t{64} * 1024;
static_assert(8 * (kWindowBytes + ScanBits::kPadding) <= kBitMask);

}  // namespace

McuReader::McuReader(ByteSpan scan, const McuTables& tables)
    : tables_(tables), bits_(scan, kWindowBytes), finder_(BlockFinderForThisCpu()) {
  if (tables.only_dc()) {
    found_.emplace(finder_, tables.finding());
  } else {
    read_.emplace(BlockReaderForThisCpu(), tables.reading());
  }
}

McuReader::McuRun McuReader::ReadRun() {
  next_bit_ = bits_.MoveTo(next_bit_);
  return read_ ? ReadBlocks() : ReadDc();
}

McuReader::McuRun McuReader::ReadBlocks() {
  McuRun run;
  BlockRun* part = run.data();
  for (const auto& read : read_->Read(bits_, next_bit_)) {
    if (read.blocks.empty()) continue;
    constexpr std::ptrdiff_t kStep = sizeof(CoefficientBlock) / sizeof(std::int16_t);
    *part++ = {read.blocks.front().values.data(), kStep, read.blocks.size()};
    next_bit_ = read.blocks.back().end.bit();
  }
  return run;
}

McuReader::McuRun McuReader::ReadDc() {
  const auto found = found_->Read(bits_, next_bit_);
  std::size_t blocks = 0;
  for (const auto& part : found) blocks += part.blocks.size();
  dc_.resize(std::max(dc_.size(), blocks));
  // Parts follow one another: here they become one.
  std::int16_t* dc = dc_.data();
  for (const auto& part : found) {
    if (part.blocks.empty()) continue;
    finder_.read_dc(bits_.data(), part.first_bit, part.blocks, tables_.dc_of_mcu(), dc);
    dc += part.blocks.size();
    next_bit_ = part.blocks.back().bit();
  }
  return {BlockRun{dc_.data(), 1, blocks}};
}

}  // namespace thimble
