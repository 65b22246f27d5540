// The look-up tables that a scan's MCUs are read with.
//
// Thread-safety: immutable once built. Errors: Create gives nothing where HuffmanTable does, or for
// an MCU of more blocks than the format allows.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "jpeg/block_reader.h"
#include "jpeg/huffman_table.h"
#include "jpeg/step_table.h"

namespace thimble {

struct McuComponent {
  HuffmanCodes dc;
  HuffmanCodes ac;
  int blocks = 1;        // in an MCU
  bool only_dc = false;  // is needed: other coefficients may be anything
};

class McuTables {
 public:
  static std::optional<McuTables> Create(std::span<const McuComponent> components);
  McuTables(McuTables&&) = default;
  McuTables& operator=(McuTables&&) = default;

  std::size_t blocks_in_mcu() const { return ring_.size(); }
  // Of all components.
  bool only_dc() const { return only_dc_; }
  // How the blocks of an MCU are read.
  std::span<const BlockTables> ring() const { return ring_; }

 private:
  struct OfBlock {
    StepTable start;
    StepTable rest;
  };
  struct CodesOfComponent {
    CodesOfComponent(const HuffmanTable& dc_table, const HuffmanTable& ac_table)
        : dc(dc_table), ac(ac_table) {}
    HuffmanTable dc;
    HuffmanTable ac;
  };

  McuTables() = default;
  bool Add(const McuComponent& component);
  static std::vector<BlockTables> Ring(std::span<const OfBlock* const> blocks);

  // By address in what comes below; moving a vector moves no element.
  std::vector<CodesOfComponent> codes_;
  std::vector<OfBlock> tables_;
  std::vector<BlockTables> ring_;
  bool only_dc_ = false;
};

}  // namespace thimble
