#include "jpeg/progressive_reader.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "jpeg/zigzag.h"

#define HWY_BROKEN_EMU128 0  // see resample/passes.cc
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "jpeg/progressive_reader.cc"
#include <hwy/foreach_target.h>  // compiles this file once for each target
#include <hwy/highway.h>

#if HWY_ARCH_X86_64 && HWY_TARGET <= HWY_AVX2
#include <immintrin.h>
#endif

// No vectors here: what targets differ in is BMI2, which puts bits where a mask has ones.
HWY_BEFORE_NAMESPACE();
namespace thimble::HWY_NAMESPACE {
namespace {

HWY_INLINE std::uint64_t LoadBigEndian(const std::uint8_t* bytes) {
  std::uint64_t word;
  std::memcpy(&word, bytes, sizeof(word));
  if constexpr (std::endian::native == std::endian::little) word = __builtin_bswap64(word);
  return word;
}

// The lowest bits of `bits`, one for each one of `mask`, put where those are.
HWY_INLINE std::uint64_t Deposit(std::uint64_t bits, std::uint64_t mask) {
#if HWY_ARCH_X86_64 && HWY_TARGET <= HWY_AVX2
  return _pdep_u64(bits, mask);
#else
  std::uint64_t result = 0;
  for (; mask != 0 && bits != 0; mask &= mask - 1, bits >>= 1) {
    result |= (mask & (0 - mask)) * (bits & 1);
  }
  return result;
#endif
}

HWY_INLINE std::uint64_t Count(CoefficientSet set) {
  return static_cast<std::uint64_t>(std::popcount(set));
}

// A copy of a ScanPosition that stays in registers.
class BitReader {
 public:
  static constexpr std::uint64_t kLoaded = 57;  // bits

  BitReader() = default;
  explicit BitReader(const ScanPosition& place)
      : data_(place.data), bit_(place.bit), end_bit_(place.end_bit) {}

  void StoreTo(ScanPosition& place) const { place.bit = bit_; }

  bool is_past_end() const { return bit_ > end_bit_; }

  // At least kLoaded bits from here on, left-aligned.
  HWY_INLINE std::uint64_t Load() const { return LoadBigEndian(data_ + (bit_ >> 3)) << (bit_ & 7); }

  HWY_INLINE void Skip(std::uint64_t count) { bit_ += count; }

  HWY_INLINE std::uint64_t Take(std::uint64_t count) {
    const std::uint64_t taken = (Load() >> 1) >> (63 - count);
    Skip(count);
    return taken;
  }

 private:
  const std::uint8_t* data_ = nullptr;
  std::uint64_t bit_ = 0;
  std::uint64_t end_bit_ = 0;
};

HWY_NOINLINE ProgressiveStep FindLongCode(const ProgressiveTable& table, std::uint64_t bits) {
  return table.FindLongCode(bits);
}

HWY_INLINE ProgressiveStep Find(const ProgressiveTable& table, std::uint64_t bits) {
  const ProgressiveStep step = table.Find(bits);
  return HWY_UNLIKELY(step.is_longer_code()) ? FindLongCode(table, bits) : step;
}

HWY_NOINLINE RefinementStep FindLongCode(const RefinementTable& table, std::uint64_t bits) {
  return table.FindLongCode(bits);
}

// The value behind a code: its bits where the first is 1, else less all ones (annex F.2.2.1), which
// is the complement of their complement.
HWY_INLINE std::int32_t ValueOf(ProgressiveStep step, std::uint64_t bits) {
  const std::uint64_t behind_code = bits << step.code_bits();
  const auto complement = ~static_cast<std::uint64_t>(static_cast<std::int64_t>(behind_code) >> 63);
  // In two shifts, since there may be no bits to keep.
  const std::uint64_t magnitude = ((behind_code ^ complement) >> 1) >> step.value_shift();
  return static_cast<std::int32_t>((magnitude ^ complement) - complement);
}

// A part that is being read, a code a step. What a step needs is to stay in registers, with two
// lanes at work: hence copies of what the part says.
class Lane {
 public:
  bool is_damaged() const { return is_damaged_; }

  void StorePlace() const {
    reader_.StoreTo(*part_->place);
    part_->place->end_of_blocks = end_of_blocks_;
  }

 protected:
  Lane() = default;

  HWY_INLINE void BeginPart(const AcPart& part) {
    part_ = &part;
    reader_ = BitReader(*part.place);
    block_ = part.bits;
    row_end_ = part.bits + part.blocks;
    rows_left_ = part.rows;
    end_of_blocks_ = part.place->end_of_blocks;
    is_damaged_ = false;
  }

  // Moves on. Gives whether there is another block.
  HWY_INLINE bool NextBlock() { return HWY_LIKELY(++block_ != row_end_) || NextRow(); }

  HWY_INLINE bool NextRow() {
    if (--rows_left_ == 0) return false;
    block_ += part_->to_next_row - part_->blocks;
    row_end_ += part_->to_next_row;
    return true;
  }

  std::int16_t* coefficients() const {
    return part_->coefficients + (block_ - part_->bits) * std::ptrdiff_t{64};
  }

  // At a code that leads beyond the block: ends it, and perhaps more of them.
  HWY_INLINE bool TakeEndOfBlocks(std::uint32_t run, std::uint32_t code_bits) {
    is_damaged_ = run < kEndOfBlocks;
    if (is_damaged_) return false;
    const std::uint32_t bits = run - kEndOfBlocks;
    reader_.Skip(code_bits);
    // Without this one.
    end_of_blocks_ = (1U << bits) + static_cast<std::uint32_t>(reader_.Take(bits)) - 1;
    return true;
  }

  // Between two blocks: whether the data have not ended long ago.
  HWY_INLINE bool CheckPlace() {
    is_damaged_ = reader_.is_past_end();
    return !is_damaged_;
  }

  BitReader reader_;
  BlockBits* block_ = nullptr;
  std::uint32_t end_of_blocks_ = 0;
  bool is_damaged_ = false;

 private:
  const AcPart* part_ = nullptr;
  BlockBits* row_end_ = nullptr;
  std::size_t rows_left_ = 0;
};

// Reads coefficients for the first time.
class FirstLane : public Lane {
 public:
  // Gives whether there is a block with codes.
  HWY_INLINE bool Begin(const AcPart& part) {
    BeginPart(part);
    table_ = part.table;
    first_ = static_cast<std::uint32_t>(part.first);
    end_ = static_cast<std::uint32_t>(part.last) + 1;
    low_bit_ = part.low_bit;
    return ToCodedBlock();
  }

  HWY_INLINE bool Step() {
    std::uint64_t bits = reader_.Load();
    return TakeCode(bits) && TakeCode(bits);
  }
  HWY_INLINE bool TakeCode(std::uint64_t& bits) {
    const ProgressiveStep step = Find(*table_, bits);
    position_ += step.run();
    if (position_ >= end_) {
      TakeEndOfBlocks(step.run(), step.code_bits());
      return false;
    }
    coefficients_[kZigzag[position_]] =
        static_cast<std::int16_t>(ValueOf(step, bits) * (1 << low_bit_));
    reader_.Skip(step.total_bits());
    bits <<= step.total_bits();
    found_ |= CoefficientSet{step.has_value()} << (63 - position_);
    ++position_;
    return position_ < end_;
  }

  // At the end of a block. Gives whether there is another one with codes.
  HWY_INLINE bool ToNextBlock() {
    block_->nonzero |= found_;
    return !is_damaged_ && NextBlock() && ToCodedBlock();
  }

 private:
  HWY_INLINE bool ToCodedBlock() {
    for (; end_of_blocks_ > 0; --end_of_blocks_) {
      if (!NextBlock()) {
        --end_of_blocks_;
        return false;
      }
    }
    coefficients_ = coefficients();
    position_ = first_;
    found_ = 0;
    return CheckPlace();
  }

  const ProgressiveTable* table_ = nullptr;
  std::int16_t* coefficients_ = nullptr;  // of the block
  std::uint32_t position_ = 0;            // the next coefficient's
  std::uint32_t first_ = 0;
  std::uint32_t end_ = 0;
  int low_bit_ = 0;
  CoefficientSet found_ = 0;
};

// Takes a bit for each of the coefficients, and gives those that have a one.
HWY_INLINE CoefficientSet TakeCorrections(CoefficientSet of, BitReader& reader) {
  std::uint64_t count = Count(of);
  std::uint64_t bits = 0;
  if (HWY_UNLIKELY(count > 32)) {
    count -= 32;
    bits = reader.Take(32) << count;
  }
  return Deposit(bits | reader.Take(count), of);
}

// Reads one more bit of coefficients.
class RefinementLane : public Lane {
 public:
  // Gives whether there is a block with codes.
  HWY_INLINE bool Begin(const AcPart& part) {
    BeginPart(part);
    table_ = part.refinements;
    // From the bit of the first to that of the last.
    band_ = 2 * CoefficientAt(part.first) - CoefficientAt(part.last);
    low_bit_ = static_cast<std::size_t>(part.low_bit);
    return ToCodedBlock();
  }

  // Gives false at the end of a block.
  HWY_INLINE bool Step() {
    const std::uint64_t bits = reader_.Load();
    const RefinementStep step = table_->Find(bits);
    const std::int64_t later_zeros = static_cast<std::int64_t>(Count(zeros_)) + step.negative_run();
    if (HWY_UNLIKELY(later_zeros < 0)) return UncommonStep(step, bits);
    const CoefficientSet at = Deposit(CoefficientSet{1} << later_zeros, zeros_);
    const CoefficientSet passed = known_ & (0 - at);
    const std::uint64_t total_bits = step.bits() + Count(passed);
    if (HWY_UNLIKELY(total_bits > BitReader::kLoaded)) return UncommonStep(step, bits);
    // What is above the correction bits is not deposited.
    corrected_ |= Deposit(bits >> (64 - total_bits), passed);
    reader_.Skip(total_bits);
    added_ |= at;
    negative_ |= at & step.negative_mask();
    return PassTo(at);
  }

  // At the end of a block. Gives whether there is another one with codes.
  HWY_INLINE bool ToNextBlock() {
    block_->nonzero |= added_;
    block_->negative |= negative_;
    block_->refined[low_bit_] |= corrected_ | added_;
    return !is_damaged_ && NextBlock() && ToCodedBlock();
  }

 private:
  HWY_INLINE bool ToCodedBlock() {
    while (end_of_blocks_ > 0) {
      if (!CheckPlace()) return false;
      block_->refined[low_bit_] |= TakeCorrections(block_->nonzero & band_, reader_);
      --end_of_blocks_;
      if (!NextBlock()) return false;
    }
    known_ = block_->nonzero & band_;
    zeros_ = ~block_->nonzero & band_;
    corrected_ = 0;
    added_ = 0;
    negative_ = 0;
    return CheckPlace();
  }

  // Moves on behind a coefficient. Gives whether there is another one.
  HWY_INLINE bool PassTo(CoefficientSet at) {
    known_ &= at - 1;
    zeros_ &= at - 1;
    return (known_ | zeros_) != 0;
  }

  // A long code, one without a value, or very many coefficients to correct.
  HWY_INLINE bool UncommonStep(RefinementStep step, std::uint64_t bits) {
    if (HWY_UNLIKELY(step.is_longer_code())) step = FindLongCode(*table_, bits);
    const std::uint32_t run = step.run();
    const bool has_value = step.is_common() || step.uncommon_has_value();
    const std::uint32_t code_bits = step.bits() - (step.is_common() ? 1 : 0);
    const std::uint64_t zero_count = Count(zeros_);
    if (run >= zero_count) {
      if (TakeEndOfBlocks(run, code_bits)) corrected_ |= TakeCorrections(known_, reader_);
      return false;
    }
    reader_.Skip(code_bits);
    const CoefficientSet at = Deposit(CoefficientSet{1} << (zero_count - 1 - run), zeros_);
    if (has_value) {
      added_ |= at;
      negative_ |= reader_.Take(1) != 0 ? 0 : at;
    }
    corrected_ |= TakeCorrections(known_ & (0 - at), reader_);
    return PassTo(at);
  }

  const RefinementTable* table_ = nullptr;
  CoefficientSet known_ = 0;  // not zero, and still ahead in the block
  CoefficientSet zeros_ = 0;  // ahead too
  CoefficientSet corrected_ = 0;
  CoefficientSet added_ = 0;
  CoefficientSet negative_ = 0;  // of those
  CoefficientSet band_ = 0;
  std::size_t low_bit_ = 0;
};

// Hands out parts to lanes.
class Parts {
 public:
  explicit Parts(std::span<const AcPart> parts) : parts_(parts) {}

  // Gives false when there are no more.
  template <class AnyLane>
  HWY_INLINE bool BeginNext(AnyLane& lane) {
    while (next_ < parts_.size()) {
      if (lane.Begin(parts_[next_++])) return true;
      if (!End(lane)) return false;
    }
    return false;
  }

  // The lane is at the end of its part, or at damage.
  template <class AnyLane>
  HWY_INLINE bool End(const AnyLane& lane) {
    lane.StorePlace();
    if (lane.is_damaged()) {
      is_damaged_ = true;
      next_ = parts_.size();
    }
    return !is_damaged_;
  }

  bool is_damaged() const { return is_damaged_; }

 private:
  std::span<const AcPart> parts_;
  std::size_t next_ = 0;
  bool is_damaged_ = false;
};

// Gives false when there is nothing more for the lane to do.
template <class AnyLane>
HWY_INLINE bool GoOn(AnyLane& lane, Parts& parts) {
  if (HWY_LIKELY(lane.Step())) return true;
  if (HWY_LIKELY(lane.ToNextBlock())) return true;
  return parts.End(lane) && parts.BeginNext(lane);
}

// A code's place is known only when the one before it has been looked up, which leaves most of a
// CPU idle: so two parts are read in turns, a code each.
template <class AnyLane>
HWY_INLINE bool ReadParts(std::span<const AcPart> all) {
  Parts parts(all);
  AnyLane one;
  AnyLane other;
  bool one_reads = parts.BeginNext(one);
  bool other_reads = parts.BeginNext(other);
  while (one_reads && other_reads) {
    one_reads = GoOn(one, parts);
    other_reads = GoOn(other, parts);
  }
  if (other_reads) one = other;
  bool reads = one_reads || other_reads;
  while (reads && !parts.is_damaged()) reads = GoOn(one, parts);
  return !parts.is_damaged();
}

bool ReadAc(std::span<const AcPart> parts) { return ReadParts<FirstLane>(parts); }

bool RefineAc(std::span<const AcPart> parts) { return ReadParts<RefinementLane>(parts); }

// Reads one DC coefficient. What is behind it in `bits` is left there.
HWY_INLINE bool TakeDc(const DcBlock& block, std::size_t mcu, int low_bit, BitReader& reader,
                       std::uint64_t& bits) {
  const ProgressiveStep step = Find(*block.table, bits);
  if (HWY_UNLIKELY(step.run() != 0)) return false;
  const std::int32_t dc = *block.last_dc + ValueOf(step, bits);
  reader.Skip(step.total_bits());
  bits <<= step.total_bits();
  *block.last_dc = dc;
  const std::int64_t shifted = std::int64_t{dc} * (1 << low_bit);
  const auto coefficient = static_cast<std::int16_t>(shifted);
  block.coefficients[mcu * block.to_next] = coefficient;
  return coefficient == shifted;
}

bool ReadDc(std::span<const DcBlock> blocks_of_mcu, int mcus, int low_bit, ScanPosition& place) {
  BitReader reader(place);
  const std::size_t count = blocks_of_mcu.size();
  for (std::size_t mcu = 0; mcu < static_cast<std::size_t>(mcus); ++mcu) {
    for (std::size_t i = 0; i < count; i += 2) {
      if (HWY_UNLIKELY(reader.is_past_end())) return false;
      std::uint64_t bits = reader.Load();  // enough for two: at most 27 bits each
      if (!TakeDc(blocks_of_mcu[i], mcu, low_bit, reader, bits)) return false;
      if (i + 1 == count) break;
      if (!TakeDc(blocks_of_mcu[i + 1], mcu, low_bit, reader, bits)) return false;
    }
  }
  reader.StoreTo(place);
  return true;
}

bool RefineDc(std::span<const DcBlock> blocks_of_mcu, int mcus, int low_bit, ScanPosition& place) {
  BitReader reader(place);
  for (std::size_t mcu = 0; mcu < static_cast<std::size_t>(mcus); ++mcu) {
    if (reader.is_past_end()) return false;
    std::uint64_t bits = reader.Load();  // enough for an MCU, which has ten blocks at most
    for (const DcBlock& block : blocks_of_mcu) {
      std::int16_t& coefficient = block.coefficients[mcu * block.to_next];
      const auto bit = static_cast<std::int32_t>(bits >> 63);
      coefficient = static_cast<std::int16_t>(coefficient | bit << low_bit);
      bits <<= 1;
    }
    reader.Skip(blocks_of_mcu.size());
  }
  reader.StoreTo(place);
  return true;
}

}  // namespace

ProgressiveReader MakeProgressiveReader() { return {&ReadAc, &RefineAc, &ReadDc, &RefineDc}; }

}  // namespace thimble::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace thimble {

HWY_EXPORT(MakeProgressiveReader);

ProgressiveReader ProgressiveReaderForThisCpu() {
  return HWY_DYNAMIC_DISPATCH(MakeProgressiveReader)();
}

}  // namespace thimble
#endif
