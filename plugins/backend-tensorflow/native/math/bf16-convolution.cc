// Pixels are rounded while they are gathered, and a convolution is then a matrix product. Minimal filtering would save
// multiplications, which are not what takes time here, and would lose precision in bf16.
#include "math/bf16-convolution.h"
#include <algorithm>
#include <type_traits>
#include "math/scratch.h"
#include "math/strided-gather.h"

namespace carl {
namespace {

// Positions that are multiplied at a time: with them, each tile of the filter is read from its cache only once in a
// while.
constexpr int64_t kPositions = 128;
// Outputs of two tiles.
constexpr int64_t kPanel = 2 * kTileRows;

// Rounds `count` pairs of rows of weights, each as long as a vector.
INLINE void loadAsPairs(const float* weights, int64_t row, int64_t count, Pairs* pairs) {
  for (int64_t i = 0; i < count; i++)
    pairs[i] = pairsOf(load(weights + 2 * i * row), load(weights + (2 * i + 1) * row));
}

// Rounds the first `width` weights of kLanes rows, which is that or twice as many, and transposes their pairs.
INLINE void loadTransposed(const float* weights, int64_t row, int64_t width, Pairs* pairs) {
  for (int64_t i = 0; i < kLanes; i++) {
    Bf16 numbers[2 * kLanes] = {};
    for (int64_t c = 0; c < width; c += kLanes) store(numbers + c, toBf16(load(weights + i * row + c)));
    pairs[i] = loadPairs(numbers);
  }
  transpose(pairs);
}

// Rounds and packs the filter into tiles [outputs / 16][steps][16][16 pairs], filled up with zeros. With `transposed`,
// the filter has the inputs and outputs of its pixels exchanged, as the gradient of the images needs.
void pack(const Gather& at, const float* filter, int64_t outputs, bool transposed, Bf16* to) {
  const int64_t inputs = at.source.channels, depth = at.depth(), panel = stepsOf(depth) * kTileDepth * kTileRows;
  const int parts = partsOf(outputs / kTileRows);
  parallel(parts, [&](int part) {
    const Range own = rangeOf(outputs / kTileRows, part, parts);
    for (int64_t first = own.begin * kTileRows; first < own.end * kTileRows; first += kTileRows) {
      Bf16* out = to + first / kTileRows * panel;
      std::fill(out + depth * kTileRows, out + panel, 0);
      for (const Tap& tap : at.taps) {
        const float* plane = filter + tap.filter * inputs * outputs;
        for (int64_t c = 0; c < inputs; c += 2 * kLanes)
          for (int64_t d = 0; d < kTileRows; d += kLanes) {
            Pairs pairs[kLanes];
            const int64_t pairCount = std::min(kLanes, (inputs - c) / 2);
            if (transposed)
              loadTransposed(plane + (first + d) * inputs + c, inputs, 2 * pairCount, pairs);
            else
              loadAsPairs(plane + c * outputs + first + d, outputs, pairCount, pairs);
            for (int64_t i = 0; i < pairCount; i++) store(out + 2 * ((c / 2 + i) * kTileRows + d), pairs[i]);
          }
        out += inputs * kTileRows;
      }
    }
  });
}

// Copies the pixels of a range of positions, rounded, to rows [positions][row], filled up with zeros to a complete
// step.
template <typename Pixels>
SHARED void gatherRows(const Gather& at, const Pixels& source, Range range, Bf16* to, int64_t row) {
  const int64_t channels = at.source.channels, depth = at.depth(), end = stepsOf(depth) * kTileDepth;
  for (int64_t index = range.begin; index < range.end; index++, to += row) {
    const Position position = at.position(index);
    Bf16* out = to;
    for (const Tap& tap : at.taps) {
      const auto* from = at.pixel(position, tap, source.data);
      for (int64_t c = 0; c < channels; c += kLanes, out += kLanes)
        store(out, from ? toBf16(source.reader(c)(from + c)) : Bf16s{});
    }
    std::fill(to + depth, to + end, 0);
  }
}

// Gathered pixels [positions][row] of a range of positions.
struct GatheredRows {
  Range positions;
  const Bf16* pixels;
  int64_t row;
};

// Multiplies gathered pixels by the packed filter, for a range of outputs. `sums` is scratch memory.
template <typename Target>
SHARED void multiplyRows(Bf16Products& products, const Gather& at, const GatheredRows& from, const Bf16* filter,
                         Range outputs, float* sums, const Scatter& scatter, Target* target) {
  const int64_t steps = stepsOf(at.depth()), count = from.positions.end - from.positions.begin;
  forEachTileBlock((count + kTileRows - 1) / kTileRows * kTileRows, outputs.end - outputs.begin,
                   [&](int64_t r, int64_t column, auto rowTiles, auto columnTiles) INLINE_LAMBDA {
                     constexpr int64_t width = columnTiles * kTileRows;
                     const int64_t d = outputs.begin + column, first = from.positions.begin + r;
                     const TileStack a = {from.pixels + r * from.row, kTileRows * from.row, from.row, kTileDepth};
                     const TileStack b = {filter + d * steps * kTileDepth, steps * kTileDepth * kTileRows,
                                          2 * kTileRows, kTileDepth * kTileRows};
                     // Adjacent positions of complete tiles are adjacent in a target of floats as well, unless these
                     // have a step.
                     if constexpr (std::is_same_v<Target, float>)
                       if (scatter.step == 1 && r + rowTiles * kTileRows <= count)
                         return products.multiply<rowTiles, columnTiles, false>(
                             steps, a, b, target + first * scatter.channels + d, scatter.channels);
                     products.multiply<rowTiles, columnTiles, false>(steps, a, b, sums, kPanel);
                     for (int64_t i = 0; i < std::min<int64_t>(rowTiles * kTileRows, count - r); i++) {
                       Target* out = scatter.pixel(at.position(first + i), target) + d;
                       for (int64_t c = 0; c < width; c += kLanes) store(out + c, load(sums + i * kPanel + c));
                     }
                   });
}

// Multiplies the pixels of all positions by the packed filter. If there are too few positions for all threads, some
// threads share positions and compute outputs of their own.
template <typename Pixels, typename Target>
void multiply(Bf16Unit unit, const Gather& at, const Pixels& source, const Bf16* filter, const Scatter& scatter,
              Target* target) {
  const int64_t row = (stepsOf(at.depth()) + 1) * kTileDepth, channels = scatter.channels;
  const int64_t positions = at.positions(), blocks = (positions + kPositions - 1) / kPositions;
  const int64_t panels = (channels + kPanel - 1) / kPanel;
  const int64_t shares = std::min(panels, (threadCount() + blocks - 1) / std::max<int64_t>(1, blocks));
  const int parts = partsOf(blocks * shares);
  parallel(parts, [&](int part) {
    Bf16Products products(unit);
    float* sums = Scratch::ofThread().get(kPanel * kPanel + kPositions * row / 2);
    Bf16* pixels = asBf16(sums + kPanel * kPanel);
    const Range own = rangeOf(blocks * shares, part, parts);
    for (int64_t item = own.begin; item < own.end; item++) {
      const int64_t begin = item / shares * kPositions;
      const Range range = {begin, std::min(begin + kPositions, positions)};
      const Range some = rangeOf(panels, static_cast<int>(item % shares), static_cast<int>(shares));
      gatherRows(at, source, range, pixels, row);
      multiplyRows(products, at, {range, pixels, row}, filter,
                   {some.begin * kPanel, std::min(some.end * kPanel, channels)}, sums, scatter, target);
    }
  });
}

}  // namespace

template <typename Pixels, typename Y>
void bf16Convolve(Bf16Unit unit, const StridedShape& shape, const Pixels& x, const float* filter, Y* y) {
  const Gather at = gatherOfOutputs(shape);
  SharedScratch shared;
  Bf16* packed = asBf16(shared.get(stepsOf(at.depth()) * kTileDepth * shape.outputs / 2));
  pack(at, filter, shape.outputs, false, packed);
  multiply(unit, at, x, packed, {at.rows, at.columns, shape.outputs, 1, 0, 0}, y);
}

template <typename Dy, typename Dx>
void bf16InputGradient(Bf16Unit unit, const StridedShape& shape, const Dy* dy, const float* filter, Dx* dx) {
  SharedScratch shared;
  forEachRemainder(shape, [&](const Gather& at, const Scatter& scatter) {
    Bf16* packed = asBf16(shared.get(stepsOf(at.depth()) * kTileDepth * shape.inputs / 2));
    pack(at, filter, shape.inputs, true, packed);
    multiply(unit, at, PlainPixels<Dy>{dy}, packed, scatter, dx);
  });
}

#define INSTANTIATE(X, Y)                                                                                  \
  template void bf16Convolve(Bf16Unit, const StridedShape&, const PlainPixels<X>&, const float*, Y*);      \
  template void bf16Convolve(Bf16Unit, const StridedShape&, const NormalizedPixels<X>&, const float*, Y*); \
  template void bf16InputGradient(Bf16Unit, const StridedShape&, const X*, const float*, Y*);
INSTANTIATE(float, float)
INSTANTIATE(float, Bf16)
INSTANTIATE(Bf16, float)
INSTANTIATE(Bf16, Bf16)

}  // namespace carl
