#include "resample/resampler.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>

#include "resample/aligned_array.h"
#include "resample/coefficients.h"
#include "resample/passes.h"

namespace thimble {
namespace {

std::size_t RoundUp(std::size_t value, std::size_t step) {
  return (value + step - 1) / step * step;
}

// Rows a multiple of 4 KiB apart would all compete for the same few lines of the first-level cache:
// an odd number of 64-byte lines keeps them apart.
std::size_t RowBytes(std::size_t bytes) { return RoundUp(bytes, 64) | 64; }

}  // namespace

// The ring and the batch hold only what is needed: their rows and columns are counted from
// input_begin of each axis.
struct PlaneResampler::State {
  AxisCoefficients horizontal;
  AxisCoefficients vertical;
  Passes passes;
  std::size_t source_width = 0;

  std::size_t next_input = 0;   // source rows seen, from the top of the plane
  std::size_t next_output = 0;  // output rows filtered vertically
  std::size_t written = 0;      // output rows complete

  AlignedArray<std::uint8_t> ring;  // [ring_pairs][ring_stride]: row pair p lies in p % ring_pairs
  std::size_t ring_pairs = 0;
  std::size_t ring_stride = 0;                  // bytes
  AlignedArray<std::uint8_t> even_row;          // a row that waits for the other one of its pair
  AlignedArray<const std::uint8_t*> row_pairs;  // [ring_pairs] those under one output row

  std::size_t columns = 0;           // padded to kColumnBlock
  AlignedArray<std::int16_t> batch;  // [kBatchRows][batch_stride]
  std::size_t batch_stride = 0;      // values
  AlignedArray<std::int16_t> column_pairs;

  Status Allocate();
  std::size_t TakeRows(PlaneView rows, int y);
  void StoreRowPair(std::size_t row, const std::uint8_t* even, const std::uint8_t* odd);
  void FilterReadyRows(MutablePlaneView out);
  void FilterOneRow();
  void FlushBatch(MutablePlaneView out);
};

Status PlaneResampler::State::Allocate() {
  columns = RoundUp(horizontal.inputs(), kColumnBlock);
  ring_pairs = vertical.max_pairs;
  ring_stride = RowBytes(2 * columns);
  batch_stride = RowBytes(columns * sizeof(std::int16_t)) / sizeof(std::int16_t);
  // Every output reads max_pairs column pairs, the last ones beyond the input with weight 0.
  const std::size_t pairs = columns / 2 + horizontal.max_pairs;
  THIMBLE_TRY(ring, AlignedArray<std::uint8_t>::Create(ring_pairs * ring_stride));
  THIMBLE_TRY(even_row, AlignedArray<std::uint8_t>::Create(columns));
  THIMBLE_TRY(row_pairs, AlignedArray<const std::uint8_t*>::Create(ring_pairs));
  THIMBLE_TRY(batch, AlignedArray<std::int16_t>::Create(kBatchRows * batch_stride));
  THIMBLE_TRY(column_pairs, AlignedArray<std::int16_t>::Create(pairs * kBatchRows * 2));
  return {};
}

void PlaneResampler::State::StoreRowPair(std::size_t row, const std::uint8_t* even,
                                         const std::uint8_t* odd) {
  passes.interleave_rows(even, odd, horizontal.inputs(),
                         ring.data() + row / 2 % ring_pairs * ring_stride);
}

// Puts row y of `rows` into the ring, together with the next one where they make a pair. Returns
// how many it took.
std::size_t PlaneResampler::State::TakeRows(PlaneView rows, int y) {
  if (next_input < vertical.input_begin + 2 * vertical.first_pair_of(next_output)) return 1;
  const std::uint8_t* samples = rows.row(y).data() + horizontal.input_begin;
  const std::size_t row = next_input - vertical.input_begin;
  if (row % 2 == 1) {
    StoreRowPair(row, even_row.data(), samples);
    return 1;
  }
  if (y + 1 < rows.height) {
    StoreRowPair(row, samples, rows.row(y + 1).data() + horizontal.input_begin);
    return 2;
  }
  // The other row comes with the next Push; until then its place has weight 0 where it is read.
  std::memcpy(even_row.data(), samples, horizontal.inputs());
  StoreRowPair(row, samples, samples);
  return 1;
}

void PlaneResampler::State::FilterOneRow() {
  const std::size_t first = vertical.first_pair_of(next_output);
  const std::size_t pairs = vertical.pairs_of(next_output);
  for (std::size_t pair = 0; pair < pairs; ++pair) {
    row_pairs[pair] = ring.data() + (first + pair) % ring_pairs * ring_stride;
  }
  passes.filter_rows({.row_pairs = row_pairs.data(),
                      .weights = vertical.weights_of(next_output),
                      .pairs = pairs,
                      .shift = vertical.shift},
                     columns, batch.data() + next_output % kBatchRows * batch_stride);
}

void PlaneResampler::State::FlushBatch(MutablePlaneView out) {
  passes.transpose_batch(batch.data(), batch_stride, columns, column_pairs.data());
  passes.filter_columns({.first_pair = horizontal.first_pair.data(),
                         .weights = horizontal.weights.data(),
                         .pairs = horizontal.max_pairs,
                         .shift = horizontal.shift},
                        column_pairs.data(),
                        {.data = out.row(static_cast<int>(written)).data(),
                         .width = out.width,
                         .height = static_cast<int>(next_output - written),
                         .stride = out.stride});
  written = next_output;
}

void PlaneResampler::State::FilterReadyRows(MutablePlaneView out) {
  while (next_output < vertical.outputs &&
         vertical.input_begin + vertical.tap_end_of(next_output) <= next_input) {
    FilterOneRow();
    ++next_output;
    if (next_output % kBatchRows == 0 || next_output == vertical.outputs) FlushBatch(out);
  }
}

PlaneResampler::PlaneResampler(std::unique_ptr<State> state) : state_(std::move(state)) {}
PlaneResampler::PlaneResampler(PlaneResampler&&) noexcept = default;
PlaneResampler& PlaneResampler::operator=(PlaneResampler&&) noexcept = default;
PlaneResampler::~PlaneResampler() = default;

Expected<PlaneResampler> PlaneResampler::Create(const AxisMap& horizontal,
                                                const AxisMap& vertical) {
  std::unique_ptr<State> state(new (std::nothrow) State);
  if (state == nullptr) return Fail(ErrorCode::kImageTooCostly, "no memory for resampling");
  THIMBLE_TRY(state->horizontal, CreateAxisCoefficients(horizontal));
  THIMBLE_TRY(state->vertical, CreateAxisCoefficients(vertical));
  state->source_width = static_cast<std::size_t>(horizontal.in_size);
  state->passes = PassesForThisCpu();
  if (Status allocated = state->Allocate(); !allocated) return Forward(allocated);
  return PlaneResampler(std::move(state));
}

void PlaneResampler::Push(PlaneView rows, MutablePlaneView out) {
  State& state = *state_;
  if (rows.height <= 0 || done()) return;
  THIMBLE_CHECK(static_cast<std::size_t>(rows.width) == state.source_width);
  THIMBLE_CHECK(static_cast<std::size_t>(out.width) == state.horizontal.outputs);
  THIMBLE_CHECK(static_cast<std::size_t>(out.height) == state.vertical.outputs);
  for (int y = 0; y < rows.height && !done();) {
    const std::size_t taken = state.TakeRows(rows, y);
    y += static_cast<int>(taken);
    state.next_input += taken;
    state.FilterReadyRows(out);
  }
}

bool PlaneResampler::done() const { return state_->written == state_->vertical.outputs; }

}  // namespace thimble
