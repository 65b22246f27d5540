#include "jpeg/mcu_reader.h"

#include <algorithm>
#include <tuple>

namespace thimble {
namespace {

constexpr std::size_t kWindowBytes = std::size_t{64} * 1024;
static_assert(8 * (kWindowBytes + ScanBits::kPadding) <= kBitMask);

template <int kRows>
McuTracks<BlockReader<kRows>> TracksOf(const McuTables& tables) {
  return {BlockReaderForThisCpu<kRows>(), tables.reading()};
}

}  // namespace

McuReader::McuReader(ByteSpan scan, const McuTables& tables)
    : tables_(tables),
      bits_(scan, kWindowBytes),
      tracks_(TracksFor(tables)),
      finder_(BlockFinderForThisCpu()) {}

McuReader::Tracks McuReader::TracksFor(const McuTables& tables) {
  if (tables.side() == 1) return McuTracks(BlockFinderForThisCpu(), tables.finding());
  if (tables.side() <= 2) return TracksOf<2>(tables);
  if (tables.side() <= 4) return TracksOf<4>(tables);
  return TracksOf<8>(tables);
}

McuReader::McuRun McuReader::ReadRun() {
  next_bit_ = bits_.MoveTo(next_bit_);
  return std::visit([this](auto& tracks) { return Read(tracks); }, tracks_);
}

template <class Reader>
McuReader::McuRun McuReader::Read(McuTracks<Reader>& tracks) {
  static_assert(Reader::kPlaces <= std::tuple_size_v<McuRun>);
  McuRun run;
  BlockRun* part = run.data();
  for (const auto& read : tracks.Read(bits_, next_bit_)) {
    if (read.blocks.empty()) continue;
    constexpr std::ptrdiff_t kStep = sizeof(read.blocks.front()) / sizeof(std::int16_t);
    *part++ = {.coefficients = read.blocks.front().values.data(),
               .step = kStep,
               .blocks = read.blocks.size(),
               .first_bit = read.first_bit,
               .first_end = &read.blocks.front().end,
               .end_step = sizeof(read.blocks.front())};
    next_bit_ = read.blocks.back().end.bit();
  }
  return run;
}

McuReader::McuRun McuReader::Read(McuTracks<BlockFinder>& tracks) {
  static_assert(BlockFinder::kPlaces <= std::tuple_size_v<McuRun>);
  const auto found = tracks.Read(bits_, next_bit_);
  std::size_t blocks = 0;
  for (const auto& part : found) blocks += part.blocks.size();
  dc_.resize(std::max(dc_.size(), blocks));
  std::int16_t* dc = dc_.data();
  McuRun run;
  BlockRun* part = run.data();
  for (const auto& read : found) {
    if (read.blocks.empty()) continue;
    finder_.read_dc(bits_.data(), read.first_bit, read.blocks, tables_.dc_of_mcu(), dc);
    *part++ = {.coefficients = dc,
               .step = 1,
               .blocks = read.blocks.size(),
               .first_bit = read.first_bit,
               .first_end = read.blocks.data(),
               .end_step = sizeof(BlockEnd)};
    dc += read.blocks.size();
    next_bit_ = read.blocks.back().bit();
  }
  return run;
}

}  // namespace thimble
