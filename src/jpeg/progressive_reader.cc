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

// Where a coefficient lies in its block, by the number of zeros behind its bit of a set.
constexpr std::array<std::uint8_t, 64> kPlaceOfBit = [] {
  std::array<std::uint8_t, 64> places{};
  for (std::size_t i = 0; i < kZigzag.size(); ++i) places[63 - i] = kZigzag[i];
  return places;
}();

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

// A copy of a ScanPlace that stays in registers. At least kRefilled bits are there after Refill.
class BitReader {
 public:
  static constexpr std::uint64_t kRefilled = 56;

  explicit BitReader(const ScanPlace& place)
      : next_(place.next), end_(place.end), bits_(place.bits), count_(place.bit_count) {}

  void StoreTo(ScanPlace& place) const {
    place.next = next_;
    place.bits = bits_;
    place.bit_count = count_;
  }

  bool is_past_end() const { return next_ > end_ + sizeof(std::uint64_t); }

  HWY_INLINE void Refill() {
    // What is loaded beyond the bits that are counted will be loaded again, and is the same.
    bits_ |= LoadBigEndian(next_) >> count_;
    next_ += (63 - count_) >> 3;
    count_ |= kRefilled;
  }

  std::uint64_t bits() const { return bits_; }

  HWY_INLINE void Skip(std::uint64_t count) {
    bits_ <<= count;
    count_ -= count;
  }

  // At most kRefilled since the last Refill, and fewer than 64.
  HWY_INLINE std::uint64_t Take(std::uint64_t count) {
    const std::uint64_t taken = (bits_ >> 1) >> (63 - count);
    Skip(count);
    return taken;
  }

 private:
  const std::uint8_t* next_;
  const std::uint8_t* end_;
  std::uint64_t bits_;
  std::uint64_t count_;
};

HWY_NOINLINE ProgressiveStep FindLongCode(const ProgressiveTable& table, std::uint64_t bits) {
  return table.FindLongCode(bits);
}

HWY_INLINE ProgressiveStep Find(const ProgressiveTable& table, std::uint64_t bits) {
  const ProgressiveStep step = table.Find(bits);
  return HWY_UNLIKELY(step.is_longer_code()) ? FindLongCode(table, bits) : step;
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

// Blocks that a code for the end of blocks ends, this one included. 0: it was no such code.
HWY_INLINE std::uint32_t TakeEndOfBlocks(ProgressiveStep step, BitReader& reader) {
  if (step.run() < ProgressiveStep::kEndOfBlocks) return 0;
  const std::uint32_t bits = step.run() - ProgressiveStep::kEndOfBlocks;
  reader.Skip(step.code_bits());
  return (1U << bits) + static_cast<std::uint32_t>(reader.Take(bits));
}

// Gives how many blocks end here, 0 when none does but this, and -1 at what is not right.
HWY_INLINE bool ReadAcBlock(const AcScan& scan, BitReader& reader, std::int16_t* coefficients,
                            CoefficientSet& nonzero, std::uint32_t& end_of_blocks) {
  auto position = static_cast<std::uint32_t>(scan.first);
  const auto end = static_cast<std::uint32_t>(scan.last) + 1;
  CoefficientSet found = 0;
  do {
    reader.Refill();
    const ProgressiveStep step = Find(*scan.table, reader.bits());
    position += step.run();
    if (position >= end) {
      end_of_blocks = TakeEndOfBlocks(step, reader);
      if (end_of_blocks == 0) return false;
      --end_of_blocks;
      break;
    }
    coefficients[kZigzag[position]] =
        static_cast<std::int16_t>(ValueOf(step, reader.bits()) * (1 << scan.low_bit));
    reader.Skip(step.total_bits());
    found |= CoefficientSet{step.has_value()} << (63 - position);
    ++position;
  } while (position < end);
  nonzero |= found;
  return true;
}

bool ReadAc(const AcScan& scan, ScanPlace& place, const AcBlocks& blocks) {
  BitReader reader(place);
  std::uint32_t end_of_blocks = place.end_of_blocks;
  const std::size_t count = blocks.nonzero.size();
  for (std::size_t i = 0; i < count; ++i) {
    if (end_of_blocks > 0) {
      const std::size_t ended = std::min<std::size_t>(end_of_blocks, count - i);
      end_of_blocks -= static_cast<std::uint32_t>(ended);
      i += ended - 1;
      continue;
    }
    if (reader.is_past_end()) return false;
    if (!ReadAcBlock(scan, reader, blocks.coefficients + i * 64, blocks.nonzero[i],
                     end_of_blocks)) {
      return false;
    }
  }
  reader.StoreTo(place);
  place.end_of_blocks = end_of_blocks;
  return true;
}

// Takes a bit for each of the coefficients, and gives those that have a one.
HWY_INLINE CoefficientSet TakeCorrections(CoefficientSet of, BitReader& reader) {
  std::uint64_t count = Count(of);
  std::uint64_t bits = 0;
  if (HWY_UNLIKELY(count > 32)) {
    reader.Refill();
    count -= 32;
    bits = reader.Take(32) << count;
    reader.Refill();
  }
  return Deposit(bits | reader.Take(count), of);
}

// Moves the coefficients away from zero by `step`.
HWY_INLINE void Correct(CoefficientSet corrected, std::int32_t step, std::int16_t* coefficients) {
  for (; corrected != 0; corrected &= corrected - 1) {
    std::int16_t& coefficient =
        coefficients[kPlaceOfBit[static_cast<std::size_t>(std::countr_zero(corrected))]];
    const std::int32_t sign = coefficient >> 15;
    coefficient = static_cast<std::int16_t>(coefficient + ((step ^ sign) - sign));
  }
}

HWY_INLINE bool RefineAcBlock(const AcScan& scan, CoefficientSet band, BitReader& reader,
                              std::int16_t* coefficients, CoefficientSet& nonzero,
                              std::uint32_t& end_of_blocks) {
  const std::int32_t step_size = 1 << scan.low_bit;
  CoefficientSet known = nonzero & band;  // that lie ahead
  CoefficientSet zeros = ~nonzero & band;
  CoefficientSet corrected = 0;
  do {
    reader.Refill();
    const ProgressiveStep step = Find(*scan.table, reader.bits());
    const std::uint64_t zero_count = Count(zeros);
    if (step.run() >= zero_count) {
      end_of_blocks = TakeEndOfBlocks(step, reader);
      if (end_of_blocks == 0) return false;
      reader.Refill();
      corrected |= TakeCorrections(known, reader);
      break;
    }
    const CoefficientSet at = Deposit(CoefficientSet{1} << (zero_count - 1 - step.run()), zeros);
    const std::int32_t value = ValueOf(step, reader.bits());
    reader.Skip(step.total_bits());
    const CoefficientSet passed = known & (0 - at);
    corrected |= TakeCorrections(passed, reader);
    known &= at - 1;
    zeros &= at - 1;
    coefficients[kPlaceOfBit[static_cast<std::size_t>(std::countr_zero(at))]] =
        static_cast<std::int16_t>(value * step_size);
    nonzero |= step.has_value() ? at : 0;
  } while ((known | zeros) != 0);
  Correct(corrected, step_size, coefficients);
  return true;
}

bool RefineAc(const AcScan& scan, ScanPlace& place, const AcBlocks& blocks) {
  BitReader reader(place);
  std::uint32_t end_of_blocks = place.end_of_blocks;
  // From the bit of `first` to that of `last`.
  const CoefficientSet band = 2 * CoefficientAt(scan.first) - CoefficientAt(scan.last);
  std::int16_t* coefficients = blocks.coefficients;
  for (CoefficientSet& nonzero : blocks.nonzero) {
    if (reader.is_past_end()) return false;
    if (end_of_blocks > 0) {
      reader.Refill();
      Correct(TakeCorrections(nonzero & band, reader), 1 << scan.low_bit, coefficients);
    } else if (!RefineAcBlock(scan, band, reader, coefficients, nonzero, end_of_blocks)) {
      return false;
    }
    end_of_blocks -= end_of_blocks > 0;
    coefficients += 64;
  }
  reader.StoreTo(place);
  place.end_of_blocks = end_of_blocks;
  return true;
}

bool ReadDc(std::span<const DcBlock> blocks_of_mcu, int mcus, int low_bit, ScanPlace& place) {
  BitReader reader(place);
  for (std::size_t mcu = 0; mcu < static_cast<std::size_t>(mcus); ++mcu) {
    for (const DcBlock& block : blocks_of_mcu) {
      if (reader.is_past_end()) return false;
      reader.Refill();
      const ProgressiveStep step = Find(*block.table, reader.bits());
      if (step.run() != 0) return false;
      const std::int32_t dc = *block.last_dc + ValueOf(step, reader.bits());
      reader.Skip(step.total_bits());
      *block.last_dc = dc;
      const std::int64_t shifted = std::int64_t{dc} * (1 << low_bit);
      const auto coefficient = static_cast<std::int16_t>(shifted);
      if (coefficient != shifted) return false;
      block.coefficients[mcu * block.to_next] = coefficient;
    }
  }
  reader.StoreTo(place);
  return true;
}

bool RefineDc(std::span<const DcBlock> blocks_of_mcu, int mcus, int low_bit, ScanPlace& place) {
  BitReader reader(place);
  for (std::size_t mcu = 0; mcu < static_cast<std::size_t>(mcus); ++mcu) {
    if (reader.is_past_end()) return false;
    reader.Refill();  // enough for an MCU, which has ten blocks at most
    for (const DcBlock& block : blocks_of_mcu) {
      std::int16_t& coefficient = block.coefficients[mcu * block.to_next];
      const auto bit = static_cast<std::int32_t>(reader.Take(1));
      coefficient = static_cast<std::int16_t>(coefficient | bit << low_bit);
    }
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
