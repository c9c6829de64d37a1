#include "math/strided-convolution.h"
#include <algorithm>
#include "math/matrix-product.h"
#include "math/scratch.h"
#include "math/strided-gather.h"

namespace carl {
namespace {

// Depth of a in floats, that is computed before the next panel.
constexpr int64_t kDepth = 256;
// Size of a filter from which threads share the outputs of its gradient, and a budget for the sums of all threads, both
// in floats.
constexpr int64_t kManyWeights = 1 << 18, kSumFloats = 1 << 24;

// Packs the filter into panels of outputs, [panels][depth][panel]. With `transposed`, the filter has the inputs and
// outputs of its pixels exchanged, as the gradient of the images needs.
void pack(const Gather& at, const float* filter, int64_t outputs, bool transposed, float* to) {
  const int64_t panel = panelOf(outputs), inputs = at.source.channels, depth = at.depth();
  const int parts = partsOf(outputs / panel);
  parallel(parts, [&](int part) {
    const Range own = rangeOf(outputs / panel, part, parts);
    for (int64_t first = own.begin * panel; first < own.end * panel; first += panel) {
      float* out = to + first * depth;
      for (const Tap& tap : at.taps) {
        const float* plane = filter + tap.filter * inputs * outputs;
        for (int64_t c = 0; c < inputs; c++, out += panel)
          for (int64_t d = 0; d < panel; d++)
            out[d] = transposed ? plane[(first + d) * inputs + c] : plane[c * outputs + first + d];
      }
    }
  });
}

// Multiplies gathered pixels by a panel of the packed filter. Writes `sums`, [rows][panel].
INLINE void multiplyPanel(const float* pixels, int64_t rows, int64_t depth, const float* filter, int64_t panel,
                          float* sums) {
  // Runs at least once, so that the sums of positions without taps become zero.
  for (int64_t k = 0; k == 0 || k < depth; k += kDepth) {
    const auto row = [&](int64_t position) INLINE_LAMBDA { return pixels + position * depth + k; };
    const int64_t deep = std::min(kDepth, depth - k);
    if (k == 0)
      multiplyByPanel<false>(panel, rows, deep, row, depth, 1, filter, panel, sums, panel);
    else
      multiplyByPanel<true>(panel, rows, deep, row, depth, 1, filter + k * panel, panel, sums, panel);
  }
}

// Multiplies the pixels of all positions by the packed filter.
template <typename Pixels>
void multiply(const Gather& at, const Pixels& source, const float* filter, const Scatter& scatter, float* target) {
  const int64_t depth = at.depth(), panel = panelOf(scatter.channels);
  const int parts = partsOf(at.blocks());
  parallel(parts, [&](int part) {
    float* pixels = Scratch::ofThread().get(kBlockPositions * (depth + panel));
    float* sums = pixels + kBlockPositions * depth;
    const Range own = rangeOf(at.blocks(), part, parts);
    for (int64_t i = own.begin; i < own.end; i++) {
      const Range block = at.block(i);
      const int64_t rows = roundUpRows(block.end - block.begin);
      gather<false>(at, source, block, pixels);
      for (int64_t first = 0; first < scatter.channels; first += panel) {
        multiplyPanel(pixels, rows, depth, filter + first * depth, panel, sums);
        for (int64_t index = block.begin; index < block.end; index++)
          for (int64_t d = 0; d < panel; d += kLanes)
            store(scatter.pixel(at.position(index), target) + first + d,
                  load(sums + (index - block.begin) * panel + d));
      }
    }
  });
}

}  // namespace

template <typename Pixels>
void stridedConvolve(const StridedShape& shape, const Pixels& x, const float* filter, float* y) {
  const Gather at = gatherOfOutputs(shape);
  SharedScratch shared;
  float* packed = shared.get(at.depth() * shape.outputs);
  pack(at, filter, shape.outputs, false, packed);
  multiply(at, x, packed, {at.rows, at.columns, shape.outputs, 1, 0, 0}, y);
}

template <typename Pixels>
void stridedFilterGradient(const StridedShape& shape, const Pixels& x, const float* dy, float* dFilter) {
  const Gather at = gatherOfOutputs(shape);
  const int64_t outputs = shape.outputs, panel = panelOf(outputs), depth = at.depth(), size = depth * outputs;
  // For a small filter, each thread sums over positions of its own. For a large one, it sums outputs of its own.
  const int64_t summing = std::min<int64_t>(threadCount(), std::max<int64_t>(1, kSumFloats / size));
  const bool byOutputs = size >= kManyWeights && outputs / panel >= summing;
  const int64_t items = byOutputs ? outputs / panel : at.blocks();
  const int parts = partsOf(byOutputs ? items : std::min(summing, items));
  SharedScratch shared;
  float* others = byOutputs ? nullptr : shared.get((parts - 1) * size);
  parallel(parts, [&](int part) {
    const Range own = rangeOf(items, part, parts);
    const Range blocks = byOutputs ? Range{0, at.blocks()} : own;
    const Range columns = byOutputs ? Range{own.begin * panel, own.end * panel} : Range{0, outputs};
    float* pixels = Scratch::ofThread().get(kBlockPositions * depth);
    float* sums = part == 0 || byOutputs ? dFilter : others + (part - 1) * size;
    for (int64_t row = 0; row < depth; row++)
      std::fill(sums + row * outputs + columns.begin, sums + row * outputs + columns.end, 0.0f);
    for (int64_t i = blocks.begin; i < blocks.end; i++) {
      const Range block = at.block(i);
      gather<true>(at, x, block, pixels);
      const auto row = [&](int64_t k)
                           INLINE_LAMBDA { return pixels + k / kLanes * kLanes * kBlockPositions + k % kLanes; };
      for (int64_t first = columns.begin; first < columns.end; first += panel)
        multiplyByPanel<true>(panel, depth, block.end - block.begin, row, 1, kLanes, dy + block.begin * outputs + first,
                              outputs, sums + first, outputs);
    }
  });
  if (byOutputs) return;
  parallel(parts, [&](int part) {
    const Range own = rangeOf(size, part, parts);
    for (int other = 0; other < parts - 1; other++)
      for (int64_t i = own.begin; i < own.end; i++) dFilter[i] += others[other * size + i];
  });
}

void stridedInputGradient(const StridedShape& shape, const float* dy, const float* filter, float* dx) {
  SharedScratch shared;
  forEachRemainder(shape, [&](const Gather& at, const Scatter& scatter) {
    float* packed = shared.get(at.depth() * shape.inputs);
    pack(at, filter, shape.inputs, true, packed);
    multiply(at, plain(dy), packed, scatter, dx);
  });
}

#define INSTANTIATE(Pixels)                                                                \
  template void stridedConvolve(const StridedShape&, const Pixels&, const float*, float*); \
  template void stridedFilterGradient(const StridedShape&, const Pixels&, const float*, float*);
INSTANTIATE(PlainPixels<float>)
INSTANTIATE(NormalizedPixels<float>)

}  // namespace carl
