#include "resample/alpha_resampler.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <new>

#include "resample/aligned_array.h"
#include "resample/alpha_passes.h"
#include "resample/coefficients.h"
#include "resample/passes.h"
#include "resample/visible_range.h"

namespace thimble {
namespace {

constexpr std::size_t kMostColors = 3;

std::size_t RoundUp(std::size_t value, std::size_t step) {
  return (value + step - 1) / step * step;
}

// The most outputs that share an input row pair. Outputs' first and last pairs only grow.
std::size_t MostOutputsOfAPair(const AxisCoefficients& axis) {
  std::size_t most = 0;
  std::size_t first = 0;
  for (std::size_t output = 0; output < axis.outputs; ++output) {
    while (first < output &&
           axis.first_pair_of(first) + axis.pairs_of(first) <= axis.first_pair_of(output)) {
      ++first;
    }
    most = std::max(most, output - first + 1);
  }
  return most;
}

}  // namespace

// A row holds all planes, one after the other, alpha last. Rows and columns are counted from
// input_begin of each axis.
//
// Of a picture that is shrunk the rows that are kept are the sums of the outputs that have begun:
// there are fewer of them than of the inputs under one output. Otherwise the inputs are kept.
struct AlphaResampler::State {
  AxisCoefficients horizontal;
  AxisCoefficients vertical;
  AlphaPasses passes;
  std::size_t source_width = 0;
  std::size_t colors = 0;
  std::array<std::uint8_t, kMostColors> neutral{};

  std::size_t next_input = 0;   // source rows seen, from the top of the plane
  std::size_t pairs_taken = 0;  // of source rows, from input_begin
  std::size_t next_output = 0;  // output rows filtered vertically
  std::size_t written = 0;      // output rows complete

  std::size_t columns = 0;     // of a plane, padded
  std::size_t row_values = 0;  // of all planes
  AlignedArray<float> pair;    // [2][row_values] the source rows that have come last
  bool keeps_sums = false;
  AlignedArray<float> kept;   // [kept_rows][row_values] of inputs, pair by pair
  std::size_t kept_rows = 0;  // an even number
  AlignedArray<float> sums;   // [sum_rows][row_values]: output o in o % sum_rows
  std::size_t sum_rows = 0;   // a multiple of kBatchRows

  VisibleRange range;
  AlignedArray<float> weights;       // [output][2 * max_pairs] of the horizontal axis
  AlignedArray<std::int32_t> first;  // [output] the column of the first weight
  AlignedArray<float> transposed;    // [colors + 1][columns][kBatchRows]

  Status Allocate();
  void FillColumnWeights();
  void TakeRow(std::span<const PlaneView> planes, PlaneView alpha, int y);
  bool FinishRow();
  void AddPair(std::size_t output, std::size_t index, const float* even, const float* odd);
  void AddToSums(std::size_t index);
  void KeepPair(std::size_t index);
  void SumKeptPairs(std::size_t output);
  RowPairWeights WeightsOf(std::size_t output, std::size_t index) const;
  void Flush(std::span<const MutablePlaneView> out);

  float* row(AlignedArray<float>& rows, std::size_t index) const {
    return rows.data() + index * row_values;
  }
  std::size_t pair_end(std::size_t output) const {
    return vertical.first_pair_of(output) + vertical.pairs_of(output);
  }
  float* sum_row(std::size_t output) { return row(sums, output % sum_rows); }
};

Status AlphaResampler::State::Allocate() {
  columns = RoundUp(horizontal.inputs() + 2 * horizontal.max_pairs, kAlphaColumnBlock);
  row_values = (colors + 1) * columns;
  const std::size_t begun_at_once = MostOutputsOfAPair(vertical);
  keeps_sums = begun_at_once < 2 * vertical.max_pairs;
  kept_rows = keeps_sums ? 0 : 2 * vertical.max_pairs;
  sum_rows = RoundUp(kBatchRows + (keeps_sums ? begun_at_once : 0), kBatchRows);
  THIMBLE_TRY(pair, AlignedArray<float>::Create(2 * row_values));
  THIMBLE_TRY(kept, AlignedArray<float>::Create(kept_rows * row_values));
  THIMBLE_TRY(sums, AlignedArray<float>::Create(sum_rows * row_values));
  THIMBLE_TRY(transposed, AlignedArray<float>::Create(kBatchRows * row_values));
  THIMBLE_TRY(range, VisibleRange::Create(colors, horizontal.inputs(), vertical.inputs()));
  THIMBLE_TRY(weights, AlignedArray<float>::Create(horizontal.outputs * 2 * horizontal.max_pairs));
  THIMBLE_TRY(first, AlignedArray<std::int32_t>::Create(horizontal.outputs));
  FillColumnWeights();
  return {};
}

void AlphaResampler::State::FillColumnWeights() {
  const std::size_t taps = 2 * horizontal.max_pairs;
  for (std::size_t output = 0; output < horizontal.outputs; ++output) {
    first[output] = 2 * horizontal.first_pair[output];
    std::copy_n(horizontal.weights_of(output), taps, weights.data() + output * taps);
  }
}

RowPairWeights AlphaResampler::State::WeightsOf(std::size_t output, std::size_t index) const {
  const std::int16_t* const of_pair =
      vertical.weights_of(output) + 2 * (index - vertical.first_pair_of(output));
  return {static_cast<float>(of_pair[0]), static_cast<float>(of_pair[1])};
}

// Sets the output's sum to row pair `index`, or adds that to it.
void AlphaResampler::State::AddPair(std::size_t output, std::size_t index, const float* even,
                                    const float* odd) {
  const bool is_first = index == vertical.first_pair_of(output);
  const auto take = is_first ? passes.set_row_pair : passes.add_row_pair;
  take(even, odd, WeightsOf(output, index), row_values, sum_row(output));
}

// To every output that row pair `index` belongs to.
void AlphaResampler::State::AddToSums(std::size_t index) {
  for (std::size_t output = next_output;
       output < vertical.outputs && vertical.first_pair_of(output) <= index; ++output) {
    if (pair_end(output) > index) AddPair(output, index, row(pair, 0), row(pair, 1));
  }
}

void AlphaResampler::State::KeepPair(std::size_t index) {
  std::copy_n(pair.data(), 2 * row_values, row(kept, 2 * index % kept_rows));
}

void AlphaResampler::State::SumKeptPairs(std::size_t output) {
  for (std::size_t index = vertical.first_pair_of(output); index < pair_end(output); ++index) {
    const float* const even = row(kept, 2 * index % kept_rows);
    AddPair(output, index, even, even + row_values);
  }
}

// Completes the sum of the next output row, if all its inputs have come.
bool AlphaResampler::State::FinishRow() {
  if (next_output == vertical.outputs || pair_end(next_output) > pairs_taken) return false;
  if (!keeps_sums) SumKeptPairs(next_output);
  ++next_output;
  return true;
}

void AlphaResampler::State::TakeRow(std::span<const PlaneView> planes, PlaneView alpha, int y) {
  const std::size_t index = next_input++;
  if (index < vertical.input_begin) return;
  const std::size_t in_pair = (index - vertical.input_begin) % 2;
  float* const to = row(pair, in_pair);
  const std::uint8_t* const opacity = alpha.row(y).data() + horizontal.input_begin;
  std::array<const std::uint8_t*, kMostColors> samples{};
  for (std::size_t i = 0; i < colors; ++i) {
    samples[i] = planes[i].row(y).data() + horizontal.input_begin;
    passes.premultiply(samples[i], opacity, horizontal.inputs(), to + i * columns);
  }
  range.AddRow({samples.data(), colors}, opacity);
  passes.widen(opacity, horizontal.inputs(), to + colors * columns);
  // The last row may be the first of a pair whose other one has no weight.
  if (in_pair == 1 || next_input == vertical.input_end) {
    if (keeps_sums) {
      AddToSums(pairs_taken);
    } else {
      KeepPair(pairs_taken);
    }
    ++pairs_taken;
  }
}

void AlphaResampler::State::Flush(std::span<const MutablePlaneView> out) {
  const VisibleRange::Rows source = {.begin = 2 * vertical.first_pair_of(written),
                                     .end = vertical.tap_end_of(next_output - 1)};
  const auto rows_of = [this](MutablePlaneView plane) {
    return MutablePlaneView{.data = plane.row(static_cast<int>(written)).data(),
                            .width = plane.width,
                            .height = static_cast<int>(next_output - written),
                            .stride = plane.stride};
  };
  std::array<AlphaPlaneOutput, kMostColors> outputs;
  for (std::size_t i = 0; i < colors; ++i) {
    outputs[i] = {rows_of(out[i]), neutral[i], range.Get(i, source)};
  }
  passes.transpose_batch(sum_row(written), row_values, row_values, transposed.data());
  passes.filter_columns({.first = first.data(),
                         .weights = weights.data(),
                         .taps = 2 * horizontal.max_pairs,
                         .alpha_unit = std::ldexp(1.0F, -(horizontal.shift + vertical.shift))},
                        transposed.data(), columns, {outputs.data(), colors}, rows_of(out[colors]));
  written = next_output;
}

AlphaResampler::AlphaResampler(std::unique_ptr<State> state) : state_(std::move(state)) {}
AlphaResampler::AlphaResampler(AlphaResampler&&) noexcept = default;
AlphaResampler& AlphaResampler::operator=(AlphaResampler&&) noexcept = default;
AlphaResampler::~AlphaResampler() = default;

Expected<AlphaResampler> AlphaResampler::Create(const AxisMap& horizontal, const AxisMap& vertical,
                                                std::span<const std::uint8_t> neutral_samples) {
  THIMBLE_CHECK(neutral_samples.size() <= kMostColors);
  std::unique_ptr<State> state(new (std::nothrow) State);
  if (state == nullptr) return Fail(ErrorCode::kImageTooCostly, "no memory for resampling");
  THIMBLE_TRY(state->horizontal, CreateAxisCoefficients(horizontal));
  THIMBLE_TRY(state->vertical, CreateAxisCoefficients(vertical));
  state->source_width = static_cast<std::size_t>(horizontal.in_size);
  state->colors = neutral_samples.size();
  std::ranges::copy(neutral_samples, state->neutral.begin());
  state->passes = AlphaPassesForThisCpu();
  if (Status allocated = state->Allocate(); !allocated) return Forward(allocated);
  return AlphaResampler(std::move(state));
}

void AlphaResampler::Push(std::span<const PlaneView> colors, PlaneView alpha,
                          std::span<const MutablePlaneView> out) {
  State& state = *state_;
  THIMBLE_CHECK(colors.size() == state.colors);
  THIMBLE_CHECK(out.size() == state.colors + 1);
  THIMBLE_CHECK(static_cast<std::size_t>(alpha.width) == state.source_width);
  for (const MutablePlaneView& plane : out) {
    THIMBLE_CHECK(static_cast<std::size_t>(plane.width) == state.horizontal.outputs);
    THIMBLE_CHECK(static_cast<std::size_t>(plane.height) == state.vertical.outputs);
  }
  for (int y = 0; y < alpha.height && !done(); ++y) {
    state.TakeRow(colors, alpha, y);
    while (state.FinishRow()) {
      const bool is_last = state.next_output == state.vertical.outputs;
      if (state.next_output % kBatchRows == 0 || is_last) state.Flush(out);
    }
  }
}

bool AlphaResampler::done() const { return state_->written == state_->vertical.outputs; }

}  // namespace thimble
