// The gradient of the filter is the adjoint of the convolution: tiles of x are transformed as in the forward pass,
// tiles of dy by the adjoint of the output transform; their products are summed over all tiles and transformed by the
// adjoint of the filter transform. Threads share tiles or output channels, as in convolution.cc.
#include <algorithm>
#include <vector>
#include "math/convolution-tiles.h"
#include "math/convolution.h"
#include "math/scratch.h"

namespace carl {
namespace {

// Adds the contribution of a range of tiles to the gradient of the transformed filter, [products][C][panel], for the
// panel of outputs that starts at `first`. The range starts at tile `offset` of the transformed tiles; `slopes` is
// scratch memory for the transformed tiles of dy.
template <int m, typename Dy>
SHARED void addGradient(const Tiling<m>& at, Range range, const TransformedTiles& tiles, int64_t offset, const Dy* dy,
                        int64_t first, const float* zeros, float* slopes, float* sums) {
  constexpr int side = m + 2;
  const int64_t panel = at.panel(), count = range.end - range.begin, step = matrixStep(count, panel);
  TilePosition<m> tile(at, range.begin), ahead(at, range.begin + kTilesAhead);
  for (int64_t t = 0; t < count; t++, tile.next(), ahead.next()) {
    ahead.template prefetch<m, false>(0, 0, at.outputs, panel, dy + first);
    tile.template pixels<m>(0, at.outputs, dy + first, zerosOf(dy, zeros), [&](const auto& pixel) INLINE_LAMBDA {
      for (int64_t d = 0; d < panel; d += kLanes) {
        float* to = slopes + t * panel + d;
        transformSquare<Floats, m, side>([&](int i) INLINE_LAMBDA { return load(pixel(i) + d); },
                                         Winograd<m>::template outputGradient<Floats>,
                                         [&](int k, Floats value) INLINE_LAMBDA { store(to + k * step, value); });
      }
    });
  }
  for (int k = 0; k < side * side; k++) {
    const float* a = tiles.data + k * tiles.step + offset * kLanes;
    multiplyByPanel<true>(
        panel, at.channels, count,
        [&](int64_t c) INLINE_LAMBDA { return a + c / kLanes * kLanes * tiles.block + c % kLanes; }, 1, kLanes,
        slopes + k * step, panel, sums + k * matrixStep(at.channels, panel), panel);
  }
}

// Sums the gradients of the transformed filter over `parts` parts, which are `partStep` floats apart, and transforms
// the sum to the gradient of the filter, for a range of input channels and the panel of outputs that starts at `first`.
template <int m>
SHARED void transformBack(const Tiling<m>& at, const float* sums, int parts, int64_t partStep, Range rows,
                          int64_t first, float* gradient) {
  const int64_t panel = at.panel(), step = matrixStep(at.channels, panel), size = at.channels * at.outputs;
  for (int64_t c = rows.begin; c < rows.end; c++)
    for (int64_t d = 0; d < panel; d += kLanes) {
      const float* from = sums + c * panel + d;
      float* to = gradient + c * at.outputs + first + d;
      transformSquare<Floats, m + 2, 3>(
          [&](int k) INLINE_LAMBDA {
            Floats sum = load(from + k * step);
            for (int part = 1; part < parts; part++) sum += load(from + part * partStep + k * step);
            return sum;
          },
          Winograd<m>::template filterGradient<Floats>,
          [&](int i, Floats value) INLINE_LAMBDA { store(to + i * size, value); });
    }
}

// Gives each thread tiles of its own, and then sums over the threads.
template <int m, typename Pixels, typename Dy>
void filterGradientByTiles(const Tiling<m>& at, const Pixels& x, const Dy* dy, float* gradient) {
  constexpr int count = Tiling<m>::kProducts;
  const int64_t panel = at.panel(), sumSize = count * matrixStep(at.channels, panel), partStep = sumSize * at.panels();
  const int64_t block = at.tilesWithin(kCoreFloats, at.channels + panel, 32), blocks = (at.tiles() + block - 1) / block;
  const int parts = partsOf(std::min(at.summingThreads(threadCount()), blocks));
  const std::vector<float> zeros(std::max(at.channels, at.outputs), 0.0f);
  SharedScratch shared;
  float* sums = shared.get(parts * partStep);
  parallel(parts, [&](int part) {
    const int64_t tileSize = count * matrixStep(block, at.channels);
    float* scratch = Scratch::ofThread().get(tileSize + count * matrixStep(block, panel));
    const TransformedTiles tiles = {scratch, block, matrixStep(block, at.channels)};
    float* own = sums + part * partStep;
    std::fill(own, own + partStep, 0.0f);
    const Range mine = rangeOf(blocks, part, parts);
    forEachBlock({mine.begin * block, std::min(mine.end * block, at.tiles())}, block, [&](Range range) INLINE_LAMBDA {
      transformTiles<m, true>(at, x, range, range.begin, zeros.data(), tiles);
      for (int64_t i = 0; i < at.panels(); i++)
        addGradient(at, range, tiles, 0, dy, i * panel, zeros.data(), scratch + tileSize, own + i * sumSize);
    });
  });
  const int rowParts = partsOf(at.channels);
  parallel(rowParts, [&](int part) {
    for (int64_t i = 0; i < at.panels(); i++)
      transformBack(at, sums + i * sumSize, parts, partStep, rangeOf(at.channels, part, rowParts), i * panel, gradient);
  });
}

// Gives each thread output channels of its own, for as many tiles at a time as the shared memory holds.
template <int m, typename Pixels, typename Dy>
void filterGradientByOutputs(const Tiling<m>& at, const Pixels& x, const Dy* dy, float* gradient) {
  constexpr int count = Tiling<m>::kProducts;
  const int64_t panel = at.panel(), sumSize = count * matrixStep(at.channels, panel);
  const int64_t batch = at.tilesWithin(kSharedFloats, at.channels, 64), block = at.tilesWithin(kCoreFloats, panel, 64);
  const int64_t tileSize = count * matrixStep(batch, at.channels);
  const int parts = partsOf(at.panels());
  const std::vector<float> zeros(std::max(at.channels, at.outputs), 0.0f);
  // If the tiles take several rounds, the sums of all panels are kept from one round to the next.
  const bool rounds = batch < at.tiles();
  SharedScratch shared;
  const TransformedTiles tiles = {shared.get(tileSize + (rounds ? at.panels() * sumSize : 0)), batch,
                                  matrixStep(batch, at.channels)};
  forEachBlock({0, at.tiles()}, batch, [&](Range all) {
    transformShared<m, true>(at, x, all, zeros.data(), tiles);
    parallel(parts, [&](int part) {
      float* slopes = Scratch::ofThread().get(count * matrixStep(block, panel) + sumSize);
      const Range own = rangeOf(at.panels(), part, parts);
      for (int64_t i = own.begin; i < own.end; i++) {
        float* sums = rounds ? tiles.data + tileSize + i * sumSize : slopes + count * matrixStep(block, panel);
        if (all.begin == 0) std::fill(sums, sums + sumSize, 0.0f);
        forEachBlock(all, block, [&](Range range) INLINE_LAMBDA {
          addGradient(at, range, tiles, range.begin - all.begin, dy, i * panel, zeros.data(), slopes, sums);
        });
        if (all.end == at.tiles()) transformBack(at, sums, 1, 0, {0, at.channels}, i * panel, gradient);
      }
    });
  });
}

}  // namespace

template <typename Pixels, typename Dy>
void convolutionFilterGradient(const ConvolutionShape& shape, const Pixels& x, const Dy* dy, float* dFilter) {
  withTiling(shape, shape.inputs, shape.outputs, [&](const auto& at) {
    at.sharesOutputs(at.summingThreads(threadCount())) ? filterGradientByOutputs(at, x, dy, dFilter)
                                                       : filterGradientByTiles(at, x, dy, dFilter);
  });
}

#define INSTANTIATE(X, Dy)                                                                                    \
  template void convolutionFilterGradient(const ConvolutionShape&, const PlainPixels<X>&, const Dy*, float*); \
  template void convolutionFilterGradient(const ConvolutionShape&, const NormalizedPixels<X>&, const Dy*, float*);
INSTANTIATE(float, float)
INSTANTIATE(float, Bf16)
INSTANTIATE(Bf16, float)
INSTANTIATE(Bf16, Bf16)

}  // namespace carl
