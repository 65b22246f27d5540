#include "jpeg/finder_table.h"

namespace thimble {

FinderTable::FinderTable(const HuffmanTable& first, const HuffmanTable& rest) : first_(&first) {
  const StepTable steps(first, rest, StepTable::Joins::kAll);
  for (std::size_t index = 0; index < lookup_.size(); ++index) {
    lookup_[index] = steps.Find(std::uint64_t{index} << (64 - kLookupBits)).move();
  }
}

}  // namespace thimble
