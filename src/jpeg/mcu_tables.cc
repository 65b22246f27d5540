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
    return component.only_dc == wanted.only_dc && component.dc == wanted.dc &&
           component.ac == wanted.ac;
  });
  return static_cast<std::size_t>(like - components.begin());
}

}  // namespace

std::optional<McuTables> McuTables::Create(std::span<const McuComponent> components) {
  McuTables tables;
  tables.codes_.reserve(components.size());
  tables.tables_.reserve(components.size());
  std::vector<const OfBlock*> of_component;
  std::vector<const OfBlock*> of_mcu;
  for (const McuComponent& component : components) {
    const std::size_t like = FirstLike(components, component);
    const bool is_new = like == of_component.size();
    if (is_new && !tables.Add(component)) return std::nullopt;
    of_component.push_back(is_new ? &tables.tables_.back() : of_component[like]);
    of_mcu.insert(of_mcu.end(), static_cast<std::size_t>(component.blocks), of_component.back());
  }
  if (of_mcu.empty() || of_mcu.size() > kMaxBlocksInMcu) return std::nullopt;
  tables.ring_ = Ring(of_mcu);
  tables.only_dc_ = std::all_of(components.begin(), components.end(),
                                [](const McuComponent& component) { return component.only_dc; });
  return tables;
}

bool McuTables::Add(const McuComponent& component) {
  const auto dc = HuffmanTable::Create(component.dc, HuffmanUse::kDc);
  const auto ac = HuffmanTable::Create(component.ac, HuffmanUse::kAc);
  if (!dc || !ac) return false;
  const CodesOfComponent& codes = codes_.emplace_back(*dc, *ac);
  using Joins = StepTable::Joins;
  const Joins ac_joins = component.only_dc ? Joins::kAll : Joins::kTwoValues;
  tables_.push_back({{codes.dc, codes.ac, Joins::kTwoValues}, {codes.ac, codes.ac, ac_joins}});
  return true;
}

std::vector<BlockTables> McuTables::Ring(std::span<const OfBlock* const> blocks) {
  const auto bytes_between = [](const StepTable& from, const StepTable& to) {
    return static_cast<std::int64_t>(reinterpret_cast<const std::byte*>(&to) -
                                     reinterpret_cast<const std::byte*>(&from));
  };
  constexpr auto kBytes = static_cast<std::int64_t>(sizeof(BlockTables));
  std::vector<BlockTables> ring;
  ring.reserve(blocks.size());
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const StepTable& next_start = blocks[(i + 1) % blocks.size()]->start;
    ring.push_back({&next_start, bytes_between(next_start, blocks[i]->rest), kBytes});
  }
  ring.back().bytes_to_next = kBytes * (1 - static_cast<std::int64_t>(ring.size()));
  return ring;
}

}  // namespace thimble
