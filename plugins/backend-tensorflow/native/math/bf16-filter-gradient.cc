// The gradient of the filter, transposed, is a matrix product of dy and the gathered pixels, summed over positions.
// Tiles take dy transposed and pixels as pairs of adjacent positions.
#include <algorithm>
#include "math/bf16-convolution.h"
#include "math/scratch.h"
#include "math/strided-gather.h"

namespace carl {
namespace {

// Positions that are summed at a time, and depth of their pixels: together they fit into the cache of a core.
constexpr int64_t kPositions = 512, kDepth = 1024;
// Distance between the rows of transposed dy, which keeps them out of the same cache set.
constexpr int64_t kSlopeRow = kPositions + kTileDepth;
// Blocks of positions for which threads share transposed dy.
constexpr int64_t kSharedBlocks = 2;
// A budget in floats for the sums of all threads.
constexpr int64_t kSumFloats = 1 << 24;

// Transposes and rounds a range of outputs of a range of positions of dy [positions, D] to [D][kSlopeRow], filled up
// with zeros to a complete step.
template <typename Dy>
SHARED void transposeSlopes(const Dy* dy, Range range, int64_t all, Range outputs, Bf16* to) {
  const int64_t count = range.end - range.begin;
  for (int64_t p = 0; p < stepsOf(count) * kTileDepth; p += 2 * kLanes)
    for (int64_t d = outputs.begin; d < outputs.end; d += kLanes) {
      const auto at = [&](int64_t i) INLINE_LAMBDA {
        return p + i < count ? load(dy + (range.begin + p + i) * all + d) : Floats{};
      };
      Pairs pairs[kLanes];
      for (int64_t i = 0; i < kLanes; i++) pairs[i] = pairsOf(at(2 * i), at(2 * i + 1));
      transpose(pairs);
      for (int64_t i = 0; i < kLanes; i++) store(to + (d + i) * kSlopeRow + p, pairs[i]);
    }
}

// Copies entries [depth.begin, depth.end) of the pixels of a range of positions, rounded, to [positions / 2][row]
// pairs, filled up with zeros to a complete step.
template <typename Pixels>
SHARED void gatherPairs(const Gather& at, const Pixels& source, Range range, Range depth, Bf16* to, int64_t row) {
  const int64_t channels = at.source.channels;
  for (int64_t index = range.begin; index < range.begin + stepsOf(range.end - range.begin) * kTileDepth;
       index += 2, to += 2 * row) {
    const Position first = at.position(index), second = at.position(index + 1);
    Bf16* out = to;
    for (int64_t k = depth.begin; k < depth.end;) {
      const Tap& tap = at.taps[k / channels];
      const auto* a = index < range.end ? at.pixel(first, tap, source.data) : nullptr;
      const auto* b = index + 1 < range.end ? at.pixel(second, tap, source.data) : nullptr;
      const int64_t end = std::min((k / channels + 1) * channels, depth.end), tapStart = k / channels * channels;
      for (; k < end; k += kLanes, out += 2 * kLanes) {
        const int64_t c = k - tapStart;
        const auto read = source.reader(c);
        store(out, pairsOf(a ? read(a + c) : Floats{}, b ? read(b + c) : Floats{}));
      }
    }
  }
}

// Adds up the sums of all parts, [parts][D][depth], and transposes them to [depth][D].
void addParts(const float* sums, int parts, int64_t depth, int64_t outputs, float* dFilter) {
  const int shares = partsOf(depth / kLanes);
  parallel(shares, [&](int share) {
    const Range own = rangeOf(depth / kLanes, share, shares);
    for (int64_t k = own.begin * kLanes; k < own.end * kLanes; k += kLanes)
      for (int64_t d = 0; d < outputs; d += kLanes) {
        Floats rows[kLanes];
        for (int64_t i = 0; i < kLanes; i++) {
          const float* from = sums + (d + i) * depth + k;
          rows[i] = load(from);
          for (int part = 1; part < parts; part++) rows[i] += load(from + part * outputs * depth);
        }
        transpose(rows);
        for (int64_t i = 0; i < kLanes; i++) store(dFilter + (k + i) * outputs + d, rows[i]);
      }
  });
}

// A range of entries of the gradient and of positions to sum over.
struct Share {
  Range entries, positions;
};

// Adds the products of one block of positions to the sums [D][depth], for a range of entries, whose pixels are
// [positions / 2][row] pairs.
SHARED void addProducts(Bf16Products& products, const Share& share, int64_t outputs, int64_t depth, const Bf16* slopes,
                        const Bf16* pixels, int64_t row, float* sums) {
  const int64_t steps = stepsOf(share.positions.end - share.positions.begin);
  const auto block = [&](int64_t d, int64_t k, auto rowTiles, auto columnTiles) INLINE_LAMBDA {
    const TileStack a = {slopes + d * kSlopeRow, kTileRows * kSlopeRow, kSlopeRow, kTileDepth};
    const TileStack b = {pixels + 2 * k, 2 * kTileRows, 2 * row, kTileDepth * row};
    products.multiply<rowTiles, columnTiles, true>(steps, a, b, sums + d * depth + share.entries.begin + k, depth);
  };
  forEachTileBlock(outputs, share.entries.end - share.entries.begin, block);
}

// The same, of pixels that are gathered first. `pixels` is scratch memory.
template <typename Pixels>
INLINE void addProducts(Bf16Products& products, const Gather& at, const Pixels& x, const Share& share, int64_t outputs,
                        const Bf16* slopes, Bf16* pixels, float* sums) {
  const int64_t row = share.entries.end - share.entries.begin + kTileRows;
  gatherPairs(at, x, share.positions, share.entries, pixels, row);
  addProducts(products, share, outputs, at.depth(), slopes, pixels, row, sums);
}

// Calls work(range) for consecutive ranges of `step` items.
template <typename Work>
INLINE void forEachRange(Range items, int64_t step, const Work& work) {
  for (int64_t begin = items.begin; begin < items.end; begin += step)
    work(Range{begin, std::min(begin + step, items.end)});
}

// Each thread sums all entries over positions of its own.
template <typename Pixels, typename Dy>
void sumByPositions(Bf16Unit unit, const Gather& at, const Pixels& x, const Dy* dy, int64_t outputs, int parts,
                    float* sums) {
  const int64_t positions = at.positions(), depth = at.depth(), chunk = std::min(kDepth, depth);
  const int64_t blocks = (positions + kPositions - 1) / kPositions;
  parallel(parts, [&](int part) {
    Bf16Products products(unit);
    float* scratch = Scratch::ofThread().get((outputs * kSlopeRow + kPositions * (chunk + kTileRows)) / 2);
    Bf16 *slopes = asBf16(scratch), *pixels = slopes + outputs * kSlopeRow;
    const Range own = rangeOf(blocks, part, parts);
    const Range mine = {own.begin * kPositions, std::min(own.end * kPositions, positions)};
    forEachRange(mine, kPositions, [&](Range range) {
      transposeSlopes(dy, range, outputs, {0, outputs}, slopes);
      forEachRange({0, depth}, chunk, [&](Range entries) {
        addProducts(products, at, x, {entries, range}, outputs, slopes, pixels, sums + part * depth * outputs);
      });
    });
  });
}

// Each thread sums entries of its own over all positions. They share dy, transposed a few blocks at a time.
template <typename Pixels, typename Dy>
void sumByEntries(Bf16Unit unit, const Gather& at, const Pixels& x, const Dy* dy, int64_t outputs, Bf16* slopes,
                  float* sums) {
  const int64_t positions = at.positions(), depth = at.depth(), groups = depth / kTileRows;
  const int parts = partsOf(groups), transposing = partsOf(outputs / kTileRows);
  forEachRange({0, positions}, kSharedBlocks * kPositions, [&](Range shared) {
    parallel(transposing, [&](int part) {
      const Range own = rangeOf(outputs / kTileRows, part, transposing);
      forEachRange(shared, kPositions, [&](Range range) {
        transposeSlopes(dy, range, outputs, {own.begin * kTileRows, own.end * kTileRows},
                        slopes + (range.begin - shared.begin) / kPositions * outputs * kSlopeRow);
      });
    });
    parallel(parts, [&](int part) {
      Bf16Products products(unit);
      const Range own = rangeOf(groups, part, parts);
      const int64_t chunk = std::min(kDepth, (own.end - own.begin) * kTileRows);
      Bf16* pixels = asBf16(Scratch::ofThread().get(kPositions * (chunk + kTileRows) / 2));
      forEachRange({own.begin * kTileRows, own.end * kTileRows}, chunk, [&](Range entries) {
        forEachRange(shared, kPositions, [&](Range range) {
          addProducts(products, at, x, {entries, range}, outputs,
                      slopes + (range.begin - shared.begin) / kPositions * outputs * kSlopeRow, pixels, sums);
        });
      });
    });
  });
}

}  // namespace

template <typename Pixels, typename Dy>
void bf16FilterGradient(Bf16Unit unit, const StridedShape& shape, const Pixels& x, const Dy* dy, float* dFilter) {
  const Gather at = gatherOfOutputs(shape);
  const int64_t outputs = shape.outputs, depth = at.depth(), size = depth * outputs;
  const int64_t blocks = (at.positions() + kPositions - 1) / kPositions;
  // Threads share the entries if there are too few positions for all threads, or too many weights for sums of their
  // own.
  const bool byEntries = blocks < threadCount() || size * threadCount() > kSumFloats;
  const int parts = byEntries ? 1 : partsOf(blocks);
  SharedScratch shared;
  const int64_t slopes = byEntries ? std::min(blocks, kSharedBlocks) * outputs * kSlopeRow / 2 : 0;
  float* sums = shared.get(parts * size + slopes);
  std::fill(sums, sums + parts * size, 0.0f);
  if (byEntries)
    sumByEntries(unit, at, x, dy, outputs, asBf16(sums + size), sums);
  else
    sumByPositions(unit, at, x, dy, outputs, parts, sums);
  addParts(sums, parts, depth, outputs, dFilter);
}

#define INSTANTIATE(X, Dy)                                                                                   \
  template void bf16FilterGradient(Bf16Unit, const StridedShape&, const PlainPixels<X>&, const Dy*, float*); \
  template void bf16FilterGradient(Bf16Unit, const StridedShape&, const NormalizedPixels<X>&, const Dy*, float*);
INSTANTIATE(float, float)
INSTANTIATE(float, Bf16)
INSTANTIATE(Bf16, float)
INSTANTIATE(Bf16, Bf16)

}  // namespace carl
