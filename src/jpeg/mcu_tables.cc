#include "jpeg/mcu_tables.h"

#include <algorithm>
#include <cstdint>

namespace thimble {
namespace {

constexpr std::size_t kMaxBlocksInMcu = 10;  // ISO 10918-1, B.2.3

// An equal one before it, or itself: the chroma components mostly share their codes, and what they
// share stays in the first-level cache.
std::size_t FirstLike(std::span<const McuComponent> components, const McuComponent& wanted) {
  const auto like = std::find_if(components.begin(), components.end(), [&](const auto& component) {
    return (component.side == 1) == (wanted.side == 1) && component.dc == wanted.dc &&
           component.ac == wanted.ac;
  });
  return static_cast<std::size_t>(like - components.begin());
}

}  // namespace

std::optional<McuTables> McuTables::Create(std::span<const McuComponent> components) {
  McuTables tables;
  if (!tables.MakeCodes(components)) return std::nullopt;
  for (const McuComponent& component : components) {
    tables.side_ = std::max(tables.side_, component.side);
  }
  if (tables.side_ == 1) {
    tables.MakeFinding();
  } else {
    tables.MakeReading();
  }
  return tables;
}

bool McuTables::MakeCodes(std::span<const McuComponent> components) {
  codes_.reserve(components.size());
  std::vector<std::size_t> of_component;
  for (const McuComponent& component : components) {
    const std::size_t like = FirstLike(components, component);
    if (like < of_component.size()) {
      of_component.push_back(of_component[like]);
    } else {
      const auto dc = HuffmanTable::Create(component.dc, HuffmanUse::kDc);
      const auto ac = HuffmanTable::Create(component.ac, HuffmanUse::kAc);
      if (!dc || !ac) return false;
      of_component.push_back(codes_.size());
      codes_.push_back({*dc, *ac, component.side == 1});
    }
    codes_of_block_.insert(codes_of_block_.end(), static_cast<std::size_t>(component.blocks),
                           of_component.back());
  }
  return !codes_of_block_.empty() && codes_of_block_.size() <= kMaxBlocksInMcu;
}

void McuTables::MakeReading() {
  using Joins = StepTable::Joins;
  readers_.reserve(codes_.size());
  for (const Codes& codes : codes_) {
    const Joins ac_joins = codes.only_dc ? Joins::kAll : Joins::kTwoValues;
    readers_.push_back({{codes.dc, codes.ac, Joins::kTwoValues}, {codes.ac, codes.ac, ac_joins}});
  }
  reading_ = Ring(readers_);
}

void McuTables::MakeFinding() {
  finders_.reserve(codes_.size());
  dc_readers_.reserve(codes_.size());
  for (const Codes& codes : codes_) {
    finders_.push_back({{codes.dc, codes.ac}, {codes.ac, codes.ac}});
    dc_readers_.emplace_back(codes.dc, codes.ac, StepTable::Joins::kTwoValues);
  }
  finding_ = Ring(finders_);
  for (const std::size_t codes : codes_of_block_) dc_of_mcu_.push_back(&dc_readers_[codes]);
}

template <class Table>
std::vector<RingEntry<Table>> McuTables::Ring(const std::vector<OfBlock<Table>>& tables) const {
  const auto bytes_between = [](const Table& from, const Table& to) {
    return static_cast<std::int64_t>(reinterpret_cast<const std::byte*>(&to) -
                                     reinterpret_cast<const std::byte*>(&from));
  };
  constexpr auto kBytes = static_cast<std::int64_t>(sizeof(RingEntry<Table>));
  std::vector<RingEntry<Table>> ring;
  ring.reserve(codes_of_block_.size());
  for (std::size_t i = 0; i < codes_of_block_.size(); ++i) {
    const Table& next_start = tables[codes_of_block_[(i + 1) % codes_of_block_.size()]].start;
    ring.push_back(
        {&next_start, bytes_between(next_start, tables[codes_of_block_[i]].rest), kBytes});
  }
  ring.back().bytes_to_next = kBytes * (1 - static_cast<std::int64_t>(ring.size()));
  return ring;
}

}  // namespace thimble
