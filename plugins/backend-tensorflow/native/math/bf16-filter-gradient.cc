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
// A budget in floats for the sums of all threads.
constexpr int64_t kSumFloats = 1 << 24;

inline int64_t roundUp(int64_t count, int64_t multiple) { return (count + multiple - 1) / multiple * multiple; }

// Transposes and rounds dy [positions, D] to [blocks][D][kSlopeRow], filled up with zeros to a complete step.
void transposeSlopes(int64_t positions, int64_t outputs, const float* dy, Bf16* to) {
  const int64_t blocks = (positions + kPositions - 1) / kPositions;
  const int parts = partsOf(blocks);
  parallel(parts, [&](int part) {
    const Range own = rangeOf(blocks, part, parts);
    for (int64_t block = own.begin; block < own.end; block++) {
      const int64_t count = std::min(kPositions, positions - block * kPositions);
      for (int64_t p = 0; p < roundUp(count, kTileDepth); p += 2 * kLanes)
        for (int64_t d = 0; d < outputs; d += kLanes) {
          const auto at = [&](int64_t i) INLINE_LAMBDA {
            return p + i < count ? load(dy + (block * kPositions + p + i) * outputs + d) : Floats{};
          };
          Pairs pairs[kLanes];
          for (int64_t i = 0; i < kLanes; i++) pairs[i] = pairsOf(at(2 * i), at(2 * i + 1));
          transpose(pairs);
          for (int64_t i = 0; i < kLanes; i++) store(to + (block * outputs + d + i) * kSlopeRow + p, pairs[i]);
        }
    }
  });
}

// Copies entries [depth.begin, depth.end) of the pixels of a range of positions, rounded, to [positions / 2][row] pairs,
// filled up with zeros to a complete step.
INLINE void gatherPairs(const Gather& at, const float* source, Range range, Range depth, Bf16* to, int64_t row) {
  const int64_t channels = at.source.channels;
  for (int64_t index = range.begin; index < range.begin + roundUp(range.end - range.begin, kTileDepth);
       index += 2, to += 2 * row) {
    const Position first = at.position(index), second = at.position(index + 1);
    Bf16* out = to;
    for (int64_t k = depth.begin; k < depth.end;) {
      const Tap& tap = at.taps[k / channels];
      const float* a = index < range.end ? at.pixel(first, tap, source) : nullptr;
      const float* b = index + 1 < range.end ? at.pixel(second, tap, source) : nullptr;
      const int64_t end = std::min((k / channels + 1) * channels, depth.end), tapStart = k / channels * channels;
      for (; k < end; k += kLanes, out += 2 * kLanes)
        store(out, pairsOf(a ? load(a + k - tapStart) : Floats{}, b ? load(b + k - tapStart) : Floats{}));
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

}  // namespace

void bf16FilterGradient(const StridedShape& shape, const float* x, const float* dy, float* dFilter) {
  const Gather at = gatherOfOutputs(shape);
  const int64_t outputs = shape.outputs, depth = at.depth(), size = depth * outputs, positions = at.positions();
  const int64_t blocks = (positions + kPositions - 1) / kPositions, chunks = (depth + kDepth - 1) / kDepth;
  // With many weights, each thread sums entries of its own over all positions; else all entries over positions of its own.
  const bool byDepth = chunks >= threadCount();
  const int64_t summing = std::min<int64_t>(blocks, std::max<int64_t>(1, kSumFloats / size));
  const int parts = partsOf(byDepth ? chunks : summing), sumParts = byDepth ? 1 : parts;
  SharedScratch shared;
  float* sums = shared.get(sumParts * size + blocks * outputs * kSlopeRow / 2);
  Bf16* slopes = reinterpret_cast<Bf16*>(sums + sumParts * size);
  transposeSlopes(positions, outputs, dy, slopes);
  std::fill(sums, sums + sumParts * size, 0.0f);
  parallel(parts, [&](int part) {
    Tiles tiles;
    Bf16* pixels = reinterpret_cast<Bf16*>(Scratch::ofThread().get(kPositions / 2 * (kDepth + kTileRows)));
    const Range own = byDepth ? rangeOf(chunks, part, parts) : Range{0, chunks};
    const Range mine = byDepth ? Range{0, blocks} : rangeOf(blocks, part, parts);
    for (int64_t chunk = own.begin; chunk < own.end; chunk++) {
      const Range entries = {chunk * kDepth, std::min((chunk + 1) * kDepth, depth)};
      const int64_t width = entries.end - entries.begin, row = width + kTileRows;
      float* target = sums + (byDepth ? 0 : part) * size + entries.begin;
      for (int64_t block = mine.begin; block < mine.end; block++) {
        const Range range = {block * kPositions, std::min((block + 1) * kPositions, positions)};
        const int64_t steps = roundUp(range.end - range.begin, kTileDepth) / kTileDepth;
        gatherPairs(at, x, range, entries, pixels, row);
        const auto multiply = [&](int64_t d, int64_t k, auto rowTiles, auto columnTiles) INLINE_LAMBDA {
          const TileStack a = {slopes + (block * outputs + d) * kSlopeRow, kTileRows * kSlopeRow, kSlopeRow,
                               kTileDepth};
          const TileStack b = {pixels + 2 * k, 2 * kTileRows, 2 * row, kTileDepth * row};
          multiplyTiles<rowTiles, columnTiles, true>(tiles, steps, a, b, target + d * depth + k, depth);
        };
        forEachTileBlock(outputs, width, multiply);
      }
    }
  });
  addParts(sums, sumParts, depth, outputs, dFilter);
}

}  // namespace carl
