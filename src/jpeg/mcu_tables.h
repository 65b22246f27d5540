// The look-up tables that a scan's MCUs are read with.
//
// Thread-safety: immutable once built. Errors: Create gives nothing where HuffmanTable does, or for
// an MCU of more blocks than the format allows.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "jpeg/finder_table.h"
#include "jpeg/huffman_table.h"
#include "jpeg/scan_place.h"
#include "jpeg/step_table.h"

namespace thimble {

struct McuComponent {
  HuffmanCodes dc;
  HuffmanCodes ac;
  int blocks = 1;  // in an MCU
  int side = 8;    // the lowest frequencies that are needed each way; others may be anything
};

class McuTables {
 public:
  static std::optional<McuTables> Create(std::span<const McuComponent> components);
  McuTables(McuTables&&) = default;
  McuTables& operator=(McuTables&&) = default;

  std::size_t blocks_in_mcu() const { return codes_of_block_.size(); }
  // The largest of all components. 1: there are the tables for finding blocks, else those for
  // reading them.
  int side() const { return side_; }
  // Whether all 64 coefficients of one of an MCU's blocks are kept.
  bool keeps_all(std::size_t block) const {
    return side_ > 4 && !codes_[codes_of_block_[block]].only_dc;
  }
  // How the blocks of an MCU are read,
  std::span<const RingEntry<StepTable>> reading() const { return reading_; }
  // or how their ends are found, and their DC is read.
  std::span<const RingEntry<FinderTable>> finding() const { return finding_; }
  std::span<const StepTable* const> dc_of_mcu() const { return dc_of_mcu_; }
  // The codes of one of an MCU's blocks.
  const HuffmanTable& dc(std::size_t block) const { return codes_[codes_of_block_[block]].dc; }
  const HuffmanTable& ac(std::size_t block) const { return codes_[codes_of_block_[block]].ac; }

 private:
  struct Codes {
    HuffmanTable dc;
    HuffmanTable ac;
    bool only_dc;  // is needed
  };
  // The tables of a block.
  template <class Table>
  struct OfBlock {
    Table start;
    Table rest;
  };

  McuTables() = default;
  bool MakeCodes(std::span<const McuComponent> components);
  void MakeReading();
  void MakeFinding();
  template <class Table>
  std::vector<RingEntry<Table>> Ring(const std::vector<OfBlock<Table>>& tables) const;

  int side_ = 1;
  // By address in what comes below; moving a vector moves no element.
  std::vector<Codes> codes_;
  std::vector<std::size_t> codes_of_block_;  // in an MCU
  std::vector<OfBlock<StepTable>> readers_;
  std::vector<OfBlock<FinderTable>> finders_;
  std::vector<StepTable> dc_readers_;
  std::vector<RingEntry<StepTable>> reading_;
  std::vector<RingEntry<FinderTable>> finding_;
  std::vector<const StepTable*> dc_of_mcu_;
};

}  // namespace thimble
