#include "jpeg/baseline_writer.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include "jpeg/fdct.h"
#include "jpeg/scan_writer.h"
#include "jpeg/zigzag.h"

namespace thimble {
namespace {

constexpr int kBlockSide = 8;
constexpr int kMaxSide = 65535;

using Steps = std::array<std::uint8_t, 64>;  // row by row

// ISO 10918-1, tables K.1 and K.2: the steps of quality 50.
constexpr Steps kLumaSteps = {16,  11,  10,  16,  24, 40, 51,  61,  12,  12,  14,  19,  26,
                              58,  60,  55,  14,  13, 16, 24,  40,  57,  69,  56,  14,  17,
                              22,  29,  51,  87,  80, 62, 18,  22,  37,  56,  68,  109, 103,
                              77,  24,  35,  55,  64, 81, 104, 113, 92,  49,  64,  78,  87,
                              103, 121, 120, 101, 72, 92, 95,  98,  112, 100, 103, 99};
constexpr Steps kChromaSteps = {17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99,
                                24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99, 99, 99, 99,
                                99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
                                99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99};

// libjpeg's quality scale.
Steps StepsOf(const Steps& at_quality_50, JpegQuality quality) {
  const int value = std::clamp(quality.value, 1, 100);
  const int percent = value < 50 ? 5000 / value : 200 - 2 * value;
  Steps steps;
  std::transform(at_quality_50.begin(), at_quality_50.end(), steps.begin(), [percent](int step) {
    return static_cast<std::uint8_t>(std::clamp((step * percent + 50) / 100, 1, 255));
  });
  return steps;
}

// One component's blocks of the row of MCUs that is being written.
class ComponentBlocks {
 public:
  struct Layout {
    int across;  // blocks in an MCU
    int down;
    int mcus;  // in a row
    std::size_t table;
  };

  static Expected<ComponentBlocks> Create(const Plane& plane, const Layout& layout,
                                          const Quantizer& quantizer) {
    // Whole groups of blocks, for the transform.
    const int blocks = DivideUp(plane.width(), kBlockSide);
    const int padded = DivideUp(blocks, int{kBlockGroup}) * int{kBlockGroup};
    THIMBLE_TRY(Plane rows, Plane::Create({padded * kBlockSide, kBlockSide}));
    return ComponentBlocks(plane, layout, quantizer, std::move(rows));
  }

  void TransformRow(int mcu_y) {
    for (int y = 0; y < layout_.down; ++y) {
      const int block_y = mcu_y * layout_.down + y;
      if (block_y * kBlockSide < plane_.height) {
        TransformBlocks(block_y, RowOfBlocks(y));
      } else {
        RepeatBlocksAbove(y);
      }
    }
  }

  void AddMcu(int mcu_x, ScanWriter& scan) {
    for (int y = 0; y < layout_.down; ++y) {
      for (int x = 0; x < layout_.across; ++x) {
        const int at = mcu_x * layout_.across + x;
        const QuantizedBlock& block = RowOfBlocks(y)[static_cast<std::size_t>(at)];
        scan.Add(block, block.values[0] - last_dc_, layout_.table);
        last_dc_ = block.values[0];
      }
    }
  }

 private:
  ComponentBlocks(const Plane& plane, const Layout& layout, const Quantizer& quantizer, Plane rows)
      : plane_(plane.view()),
        layout_(layout),
        quantizer_(quantizer),
        fdct_(FdctForThisCpu()),
        rows_(std::move(rows)),
        real_blocks_(DivideUp(plane.width(), kBlockSide)),
        row_blocks_(std::max(layout.mcus * layout.across, rows_.width() / kBlockSide)),
        blocks_(static_cast<std::size_t>(row_blocks_) * static_cast<std::size_t>(layout.down)) {}

  std::span<QuantizedBlock> RowOfBlocks(int y) {
    const auto row = static_cast<std::size_t>(row_blocks_);
    return std::span(blocks_).subspan(static_cast<std::size_t>(y) * row, row);
  }

  void TransformBlocks(int block_y, std::span<QuantizedBlock> blocks) {
    FillRows(block_y);
    const auto transformed = static_cast<std::size_t>(rows_.width() / kBlockSide);
    fdct_(rows_.view().data, rows_.stride(), quantizer_, blocks.first(transformed));
    // Beside the picture: what costs the fewest bits.
    for (std::size_t x = static_cast<std::size_t>(real_blocks_); x < blocks.size(); ++x) {
      blocks[x] = FlatBlock(blocks[x - 1].values[0]);
    }
  }

  // The plane's next rows, filled up to whole blocks with copies of the last sample and the last
  // row: a hard edge there would cost bytes and ring into the picture.
  void FillRows(int block_y) {
    for (int y = 0; y < kBlockSide; ++y) {
      const auto from = plane_.row(std::min(block_y * kBlockSide + y, plane_.height - 1));
      const auto to = rows_.mutable_row(y);
      std::fill(std::copy(from.begin(), from.end(), to.begin()), to.end(), from.back());
    }
  }

  // Below the picture: each MCU goes on with its last block's mean.
  void RepeatBlocksAbove(int y) {
    const auto across = static_cast<std::size_t>(layout_.across);
    const std::span<const QuantizedBlock> above = RowOfBlocks(y - 1);
    const std::span<QuantizedBlock> blocks = RowOfBlocks(y);
    for (std::size_t x = 0; x < static_cast<std::size_t>(layout_.mcus) * across; ++x) {
      blocks[x] = FlatBlock(above[x / across * across + across - 1].values[0]);
    }
  }

  static QuantizedBlock FlatBlock(std::int16_t dc) {
    QuantizedBlock block;
    block.values[0] = dc;
    return block;
  }

  PlaneView plane_;
  Layout layout_;
  const Quantizer& quantizer_;
  FdctFunction fdct_;
  Plane rows_;
  int real_blocks_;  // that hold samples of the picture
  int row_blocks_;
  std::vector<QuantizedBlock> blocks_;
  int last_dc_ = 0;
};

class BaselineWriter {
 public:
  BaselineWriter(const BaselinePicture& picture, JpegQuality quality, MutableByteSpan out)
      : picture_(picture),
        steps_{StepsOf(kLumaSteps, quality), StepsOf(kChromaSteps, quality)},
        quantizers_{Quantizer(steps_[0], picture.rounding), Quantizer(steps_[1], picture.rounding)},
        out_(out) {}

  Expected<std::size_t> Write();

 private:
  bool is_gray() const { return picture_.planes.size() == 1; }
  std::size_t tables() const { return is_gray() ? 1 : 2; }
  // Blocks of luma in an MCU, each way.
  int luma_across() const { return is_gray() ? 1 : picture_.chroma_factor_x; }
  int luma_down() const { return is_gray() ? 1 : picture_.chroma_factor_y; }

  Status GatherBlocks();
  Expected<std::vector<ComponentBlocks>> CreateComponents(int mcus_across) const;
  void WriteFrameHeader();
  void WriteScanHeader(std::span<const ScanWriter::Codes> codes);
  void WriteCodes(std::uint8_t class_and_table, const HuffmanCodes& codes);

  const BaselinePicture& picture_;
  std::array<Steps, 2> steps_;  // luma, chroma
  std::array<Quantizer, 2> quantizers_;
  ScanWriter scan_;
  ByteWriter out_;
};

Expected<std::size_t> BaselineWriter::Write() {
  if (Status gathered = GatherBlocks(); !gathered) return Forward(gathered);
  std::vector<ScanWriter::Codes> codes;
  for (std::size_t table = 0; table < tables(); ++table) codes.push_back(scan_.CodesOf(table));
  WriteFrameHeader();
  WriteScanHeader(codes);
  scan_.Write(codes, out_);
  out_.Put({0xFF, 0xD9});  // end of image
  if (!out_.fits()) return Fail(ErrorCode::kResultTooLarge, "JPEG larger than its buffer");
  return out_.size();
}

Expected<std::vector<ComponentBlocks>> BaselineWriter::CreateComponents(int mcus_across) const {
  std::vector<ComponentBlocks> components;
  for (std::size_t i = 0; i < picture_.planes.size(); ++i) {
    const bool is_luma = i == 0;
    const ComponentBlocks::Layout layout = {.across = is_luma ? luma_across() : 1,
                                            .down = is_luma ? luma_down() : 1,
                                            .mcus = mcus_across,
                                            .table = is_luma ? 0U : 1U};
    THIMBLE_TRY(ComponentBlocks blocks,
                ComponentBlocks::Create(picture_.planes[i], layout, quantizers_[layout.table]));
    components.push_back(std::move(blocks));
  }
  return components;
}

Status BaselineWriter::GatherBlocks() {
  const int mcus_across = DivideUp(picture_.size.width, luma_across() * kBlockSide);
  const int mcus_down = DivideUp(picture_.size.height, luma_down() * kBlockSide);
  THIMBLE_TRY(std::vector<ComponentBlocks> components, CreateComponents(mcus_across));
  scan_.Reserve(static_cast<std::size_t>(picture_.size.area()));
  for (int y = 0; y < mcus_down; ++y) {
    for (ComponentBlocks& component : components) component.TransformRow(y);
    for (int x = 0; x < mcus_across; ++x) {
      for (ComponentBlocks& component : components) component.AddMcu(x, scan_);
    }
  }
  return {};
}

void BaselineWriter::WriteFrameHeader() {
  out_.Put({0xFF, 0xD8});  // start of image
  out_.Put({0xFF, 0xE0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0});  // 1.01, no unit
  for (std::size_t table = 0; table < tables(); ++table) {
    out_.Put({0xFF, 0xDB, 0, 67, static_cast<std::uint8_t>(table)});
    for (const std::uint8_t place : kZigzag) out_.Put(steps_[table][place]);
  }
  const auto components = static_cast<std::uint8_t>(picture_.planes.size());
  out_.Put({0xFF, 0xC0, 0, static_cast<std::uint8_t>(8 + 3 * components), 8});
  out_.Put16(static_cast<std::uint32_t>(picture_.size.height));
  out_.Put16(static_cast<std::uint32_t>(picture_.size.width));
  out_.Put(components);
  for (std::uint8_t i = 0; i < components; ++i) {
    const int sampling = i == 0 ? luma_across() << 4 | luma_down() : 0x11;
    const std::uint8_t table = i == 0 ? 0 : 1;
    out_.Put({static_cast<std::uint8_t>(i + 1), static_cast<std::uint8_t>(sampling), table});
  }
}

void BaselineWriter::WriteScanHeader(std::span<const ScanWriter::Codes> codes) {
  for (std::size_t table = 0; table < codes.size(); ++table) {
    WriteCodes(static_cast<std::uint8_t>(table), codes[table].dc);
    WriteCodes(static_cast<std::uint8_t>(0x10 | table), codes[table].ac);
  }
  const auto components = static_cast<std::uint8_t>(picture_.planes.size());
  out_.Put({0xFF, 0xDA, 0, static_cast<std::uint8_t>(6 + 2 * components), components});
  for (std::uint8_t i = 0; i < components; ++i) {
    out_.Put({static_cast<std::uint8_t>(i + 1), static_cast<std::uint8_t>(i == 0 ? 0 : 0x11)});
  }
  out_.Put({0, 63, 0});  // all coefficients, all bits
}

void BaselineWriter::WriteCodes(std::uint8_t class_and_table, const HuffmanCodes& codes) {
  const auto count = std::accumulate(codes.codes_of_length.begin() + 1, codes.codes_of_length.end(),
                                     std::size_t{0});
  out_.Put({0xFF, 0xC4});
  out_.Put16(static_cast<std::uint32_t>(2 + 1 + 16 + count));
  out_.Put(class_and_table);
  for (std::size_t length = 1; length < codes.codes_of_length.size(); ++length) {
    out_.Put(codes.codes_of_length[length]);
  }
  for (std::size_t i = 0; i < count; ++i) out_.Put(codes.symbols[i]);
}

}  // namespace

Expected<std::size_t> WriteBaselineJpeg(const BaselinePicture& picture, JpegQuality quality,
                                        MutableByteSpan out) {
  if (picture.size.width > kMaxSide || picture.size.height > kMaxSide) {
    return Fail(ErrorCode::kResultTooLarge, "sides of a JPEG have 16 bits");
  }
  for (std::size_t i = 0; i < picture.planes.size(); ++i) {
    const int factor_x = i == 0 ? 1 : picture.chroma_factor_x;
    const int factor_y = i == 0 ? 1 : picture.chroma_factor_y;
    THIMBLE_CHECK(picture.planes[i].size() == (Size{DivideUp(picture.size.width, factor_x),
                                                    DivideUp(picture.size.height, factor_y)}));
  }
  return BaselineWriter(picture, quality, out).Write();
}

}  // namespace thimble
