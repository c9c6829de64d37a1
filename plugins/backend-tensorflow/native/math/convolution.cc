// Tiles are transformed, multiplied in (m + 2)^2 matrix products and transformed back. This takes 4 times fewer
// multiplications than a direct convolution for m = 4, and 2.25 times fewer for m = 2.
//
// Threads share the work in one of two ways. With few channels, each thread has tiles of its own, in blocks that stay
// in the cache of its core, and all threads share the transformed filter. With many channels, each thread has output
// channels of its own, and all threads share the transformed tiles; a thread transforms the filter panel by panel, so
// the complete transformed filter, up to 4 times as large as the filter, is never in memory.
#include "math/convolution.h"
#include <algorithm>
#include <vector>
#include "math/convolution-tiles.h"
#include "math/scratch.h"

namespace carl {
namespace {

// Transforms the filter [3, 3, C, D] for the panel of outputs that starts at `first`, into matrices
// [products][C][panel]. With `backward`, the filter is that of the forward convolution, [3, 3, D, C], and is mirrored
// and transposed.
template <bool backward, int m>
INLINE void transformFilter(const Tiling<m>& at, const float* filter, int64_t first, float* out) {
  const int64_t size = at.channels * at.outputs, panel = at.panel(), step = matrixStep(at.channels, panel);
  float transposed[9][kLanes][kLanes];
  for (int64_t c = 0; c < at.channels; c += kLanes)
    for (int64_t d = 0; d < panel; d += kLanes) {
      if (backward)
        for (int i = 0; i < 9; i++)
          for (int64_t j = 0; j < kLanes; j++) {
            const float* from = filter + (8 - i) * size + (first + d + j) * at.channels + c;
            for (int64_t row = 0; row < kLanes; row++) transposed[i][row][j] = from[row];
          }
      for (int64_t row = 0; row < kLanes; row++) {
        float* to = out + (c + row) * panel + d;
        const float* direct = filter + (c + row) * at.outputs + first + d;
        transformSquare<Floats, 3, m + 2>(
            [&](int i) INLINE_LAMBDA { return load(backward ? transposed[i][row] : direct + i * size); },
            Winograd<m>::template filter<Floats>,
            [&](int k, Floats value) INLINE_LAMBDA { store(to + k * step, value); });
      }
    }
}

template <int m>
SHARED void transformFilter(const Tiling<m>& at, bool backward, const float* filter, int64_t first, float* out) {
  backward ? transformFilter<true>(at, filter, first, out) : transformFilter<false>(at, filter, first, out);
}

// Computes the panel of outputs that starts at `first` for a range of tiles. The range starts at tile `offset` of the
// transformed tiles. `products` is scratch memory; pixels beyond the image are written to `sink`.
template <int m, typename Y>
SHARED void multiply(const Tiling<m>& at, Range range, const TransformedTiles& tiles, int64_t offset,
                     const float* filter, int64_t first, float* products, Y* sink, Y* y) {
  constexpr int side = m + 2;
  const int64_t panel = at.panel(), rows = roundUpRows(range.end - range.begin), step = matrixStep(rows, panel);
  for (int k = 0; k < side * side; k++) {
    const float* a = tiles.data + k * tiles.step + offset * at.channels;
    multiplyByPanel<false>(
        panel, rows, at.channels, [&](int64_t row) INLINE_LAMBDA { return a + row * at.channels; }, at.channels, 1,
        filter + k * matrixStep(at.channels, panel), panel, products + k * step, panel);
  }
  TilePosition<m> tile(at, range.begin), ahead(at, range.begin + kTilesAhead);
  for (int64_t t = 0; t < range.end - range.begin; t++, tile.next(), ahead.next()) {
    ahead.template prefetch<m, true>(0, 0, at.outputs, panel, y + first);
    tile.template pixels<m>(0, at.outputs, y + first, sink, [&](const auto& pixel) INLINE_LAMBDA {
      for (int64_t d = 0; d < panel; d += kLanes) {
        const float* in = products + t * panel + d;
        transformSquare<Floats, side, m>([&](int k) INLINE_LAMBDA { return load(in + k * step); },
                                         Winograd<m>::template output<Floats>,
                                         [&](int i, Floats value) INLINE_LAMBDA { store(pixel(i) + d, value); });
      }
    });
  }
}

// Gives each thread tiles of its own.
template <int m, typename Pixels, typename Y>
void convolveByTiles(const Tiling<m>& at, bool backward, const Pixels& x, const float* filter, Y* y) {
  constexpr int count = Tiling<m>::kProducts;
  const int64_t panel = at.panel(), filterSize = count * matrixStep(at.channels, panel);
  SharedScratch shared;
  float* transformed = shared.get(filterSize * at.panels());
  const int filterParts = partsOf(at.panels());
  parallel(filterParts, [&](int part) {
    const Range own = rangeOf(at.panels(), part, filterParts);
    for (int64_t i = own.begin; i < own.end; i++)
      transformFilter(at, backward, filter, i * panel, transformed + i * filterSize);
  });
  const std::vector<float> zeros(at.channels, 0.0f);
  const int64_t block = at.tilesWithin(kCoreFloats, at.channels + panel, 32), blocks = (at.tiles() + block - 1) / block;
  const int parts = partsOf(blocks);
  parallel(parts, [&](int part) {
    const int64_t tileSize = count * matrixStep(block, at.channels), productSize = count * matrixStep(block, panel);
    float* scratch = Scratch::ofThread().get(tileSize + productSize + panel);
    const TransformedTiles tiles = {scratch, block, matrixStep(block, at.channels)};
    const Range own = rangeOf(blocks, part, parts);
    forEachBlock({own.begin * block, std::min(own.end * block, at.tiles())}, block, [&](Range range) INLINE_LAMBDA {
      transformTiles<m, false>(at, x, range, range.begin, zeros.data(), tiles);
      for (int64_t i = 0; i < at.panels(); i++)
        multiply(at, range, tiles, 0, transformed + i * filterSize, i * panel, scratch + tileSize,
                 reinterpret_cast<Y*>(scratch + tileSize + productSize), y);
    });
  });
}

// Gives each thread output channels of its own, for as many tiles at a time as the shared memory holds.
template <int m, typename Pixels, typename Y>
void convolveByOutputs(const Tiling<m>& at, bool backward, const Pixels& x, const float* filter, Y* y) {
  constexpr int count = Tiling<m>::kProducts;
  const int64_t panel = at.panel(), filterSize = count * matrixStep(at.channels, panel);
  const int64_t batch = at.tilesWithin(kSharedFloats, at.channels, 64), block = at.tilesWithin(kCoreFloats, panel, 64);
  const int parts = partsOf(at.panels());
  const std::vector<float> zeros(at.channels, 0.0f);
  SharedScratch shared;
  const TransformedTiles tiles = {shared.get(count * matrixStep(batch, at.channels)), batch,
                                  matrixStep(batch, at.channels)};
  forEachBlock({0, at.tiles()}, batch, [&](Range all) {
    transformShared<m, false>(at, x, all, zeros.data(), tiles);
    parallel(parts, [&](int part) {
      float* scratch = Scratch::ofThread().get(filterSize + count * matrixStep(block, panel) + panel);
      float* products = scratch + filterSize;
      const Range own = rangeOf(at.panels(), part, parts);
      for (int64_t i = own.begin; i < own.end; i++) {
        transformFilter(at, backward, filter, i * panel, scratch);
        forEachBlock(all, block, [&](Range range) INLINE_LAMBDA {
          multiply(at, range, tiles, range.begin - all.begin, scratch, i * panel, products,
                   reinterpret_cast<Y*>(products + count * matrixStep(block, panel)), y);
        });
      }
    });
  });
}

template <int m, typename Pixels, typename Y>
void convolveTiled(const Tiling<m>& at, bool backward, const Pixels& x, const float* filter, Y* y) {
  at.sharesOutputs(threadCount()) ? convolveByOutputs(at, backward, x, filter, y)
                                  : convolveByTiles(at, backward, x, filter, y);
}

}  // namespace

template <typename Pixels, typename Y>
void convolve(const ConvolutionShape& shape, const Pixels& x, const float* filter, Y* y) {
  withTiling(shape, shape.inputs, shape.outputs, [&](const auto& at) { convolveTiled(at, false, x, filter, y); });
}

template <typename Dy, typename Dx>
void convolutionInputGradient(const ConvolutionShape& shape, const Dy* dy, const float* filter, Dx* dx) {
  withTiling(shape, shape.outputs, shape.inputs,
             [&](const auto& at) { convolveTiled(at, true, PlainPixels<Dy>{dy}, filter, dx); });
}

#define INSTANTIATE(X, Y)                                                                        \
  template void convolve(const ConvolutionShape&, const PlainPixels<X>&, const float*, Y*);      \
  template void convolve(const ConvolutionShape&, const NormalizedPixels<X>&, const float*, Y*); \
  template void convolutionInputGradient(const ConvolutionShape&, const X*, const float*, Y*);
INSTANTIATE(float, float)
INSTANTIATE(float, Bf16)
INSTANTIATE(Bf16, float)
INSTANTIATE(Bf16, Bf16)

}  // namespace carl
