// 3x3 convolutions of stride 1 that keep the size of their images, [B, H, W, C] -> [B, H, W, D] with C and D multiples
// of 16, and their gradients, by F(m x m, 3x3): tiles are transformed, multiplied in (m + 2)^2 matrix products that
// together are less work than the convolution, 4 times for m = 4 and 2.25 times for m = 2, and transformed back.
//
// Threads share the work in one of two ways. With few channels each has tiles of its own, in blocks that stay in its
// cache, and the transformed filter is there once for all. With many channels each has outputs of its own, and
// transformed tiles are there once for all; then no transformed filter, many times larger than a filter, is ever there
// as a whole.
#include "convolution.h"
#include <algorithm>
#include <vector>
#include "matrix-product.h"
#include "operation.h"
#include "scratch.h"
#include "threads.h"
#include "winograd.h"

namespace carl {
namespace {

// Numbers of a filter plane, C D, from which on threads share outputs.
constexpr int64_t kMany = 1 << 14;
// Numbers that stay in the cache of a core, that may be there once for all threads, and in all of their own sums.
constexpr int64_t kOwn = 1 << 17, kShared = 1 << 21, kSums = 1 << 24;

// A convolution x [B, H, W, C] -> y [B, H, W, D] in tiles that give m x m outputs.
template <int m>
struct Problem {
  static constexpr int kSide = m + 2, kProducts = kSide * kSide;
  int64_t images, height, width, channels, outputs;

  int64_t tileRows() const { return (height + m - 1) / m; }
  int64_t tileColumns() const { return (width + m - 1) / m; }
  int64_t tiles() const { return images * tileRows() * tileColumns(); }
  int64_t panel() const { return panelOf(outputs); }
  int64_t panels() const { return outputs / panel(); }
  // Whether outputs are enough to share for so many threads.
  bool shareOutputs(int64_t threads) const { return channels * outputs >= kMany && panels() >= threads; }

  // Threads that may each have sums of the whole transformed filter.
  int64_t sumsFor(int64_t threads) const {
    return std::min(threads, std::max<int64_t>(1, kSums / (kProducts * channels * outputs)));
  }

  // Tiles of which so many numbers each fit into a number of numbers, in groups.
  int64_t tilesFor(int64_t numbers, int64_t each, int64_t atLeast) const {
    return std::min(groupsOf(tiles()), std::max(numbers / (kProducts * each) / kGroup * kGroup, atLeast));
  }
};

// Between matrices of a stack lies a cache line, so that places of the same row do not all fall into the same cache
// set.
inline int64_t apart(int64_t rows, int64_t columns) { return rows * columns + kLanes; }

// Walks over the tiles of images, row by row.
template <int m>
class Tile {
 public:
  INLINE Tile(const Problem<m>& at, int64_t index) : at_(at) {
    column_ = index % at.tileColumns();
    row_ = index / at.tileColumns() % at.tileRows();
    image_ = index / at.tileColumns() / at.tileRows();
  }

  INLINE void next() {
    if (++column_ < at_.tileColumns()) return;
    column_ = 0;
    if (++row_ < at_.tileRows()) return;
    row_ = 0;
    image_++;
  }

  // Calls work(pixel) for the side x side pixels that begin at an offset from the tile's corner; pixel(i) tells where
  // one is. Those outside are elsewhere.
  template <int side, typename Float, typename Work>
  INLINE void pixels(int offset, int64_t channels, Float* base, Float* outside, const Work& work) const {
    const int64_t top = row_ * m + offset, left = column_ * m + offset, height = at_.height, width = at_.width;
    Float* corner = base + ((image_ * height + top) * width + left) * channels;
    const int64_t row = width * channels;
    if (top >= 0 && left >= 0 && top + side <= height && left + side <= width)
      return work([&](int i) INLINE_LAMBDA { return corner + i / side * row + i % side * channels; });
    Float* all[side * side];
    for (int i = 0; i < side * side; i++) {
      const int64_t y = top + i / side, x = left + i % side;
      all[i] = y >= 0 && x >= 0 && y < height && x < width ? corner + i / side * row + i % side * channels : outside;
    }
    work([&](int i) INLINE_LAMBDA { return all[i]; });
  }

 private:
  const Problem<m> at_;
  int64_t image_, row_, column_;
};

// Transformed tiles of x as [products][block][C], or for the gradient by the filter as [products][C / 16][block][16].
struct Tiles {
  float* data;
  int64_t block, step;
};

template <int m, bool forGradient>
INLINE void transformTiles(const Problem<m>& at, const float* x, Range range, int64_t first, const float* zeros,
                           const Tiles& to) {
  constexpr int side = m + 2;
  Tile<m> tile(at, range.begin);
  for (int64_t t = range.begin - first; t < range.end - first; t++, tile.next()) {
    tile.template pixels<side>(-1, at.channels, x, zeros, [&](const auto& pixel) INLINE_LAMBDA {
      for (int64_t c = 0; c < at.channels; c += kLanes) {
        float* out = to.data + (forGradient ? c * to.block + t * kLanes : t * at.channels + c);
        bothWays<Floats, side, side>([&](int i) INLINE_LAMBDA { return load(pixel(i) + c); },
                                     Winograd<m>::template input<Floats>,
                                     [&](int k, Floats value) INLINE_LAMBDA { store(out + k * to.step, value); });
      }
    });
  }
}

// The filter [3][3][C][D], transformed, for a panel of outputs: [products][C][panel]. The filter of a convolution that
// takes the gradient of what comes out to that of what went in is [3][3][D][C], to be mirrored.
template <int m, bool backward>
INLINE void transformFilter(const Problem<m>& at, const float* filter, int64_t first, float* out) {
  const int64_t size = at.channels * at.outputs, panel = at.panel(), step = apart(at.channels, panel);
  float turned[9][kLanes][kLanes];
  for (int64_t c = 0; c < at.channels; c += kLanes)
    for (int64_t d = 0; d < panel; d += kLanes) {
      if (backward)
        for (int i = 0; i < 9; i++)
          for (int64_t j = 0; j < kLanes; j++) {
            const float* from = filter + (8 - i) * size + (first + d + j) * at.channels + c;
            for (int64_t row = 0; row < kLanes; row++) turned[i][row][j] = from[row];
          }
      for (int64_t row = 0; row < kLanes; row++) {
        float* to = out + (c + row) * panel + d;
        const float* plain = filter + (c + row) * at.outputs + first + d;
        bothWays<Floats, 3, m + 2>([&](int i)
                                       INLINE_LAMBDA { return load(backward ? turned[i][row] : plain + i * size); },
                                   Winograd<m>::template filter<Floats>,
                                   [&](int k, Floats value) INLINE_LAMBDA { store(to + k * step, value); });
      }
    }
}

// Some outputs, from `first` on, of a block of tiles.
template <int m, typename Registers>
INLINE void multiply(const Problem<m>& at, Registers, Range range, const Tiles& tiles, int64_t offset,
                     const float* filter, int64_t first, float* products, float* sink, float* y) {
  constexpr int side = m + 2;
  const int64_t panel = at.panel(), rows = groupsOf(range.end - range.begin), step = apart(rows, panel);
  for (int k = 0; k < side * side; k++) {
    const float* a = tiles.data + k * tiles.step + offset * at.channels;
    Registers::template panel<false>(
        panel, rows, at.channels, [&](int64_t row) INLINE_LAMBDA { return a + row * at.channels; }, at.channels, 1,
        filter + k * apart(at.channels, panel), panel, products + k * step, panel);
  }
  Tile<m> tile(at, range.begin);
  for (int64_t t = 0; t < range.end - range.begin; t++, tile.next()) {
    tile.template pixels<m>(0, at.outputs, y + first, sink, [&](const auto& pixel) INLINE_LAMBDA {
      for (int64_t d = 0; d < panel; d += kLanes) {
        const float* in = products + t * panel + d;
        bothWays<Floats, side, m>([&](int k) INLINE_LAMBDA { return load(in + k * step); },
                                  Winograd<m>::template output<Floats>,
                                  [&](int i, Floats value) INLINE_LAMBDA { store(pixel(i) + d, value); });
      }
    });
  }
}

// Calls work(begin) for blocks of tiles.
template <typename Work>
INLINE void everyBlock(Range tiles, int64_t block, const Work& work) {
  for (int64_t begin = tiles.begin; begin < tiles.end; begin += block)
    work(Range{begin, std::min(begin + block, tiles.end)});
}

template <int m, bool backward>
void convolveByTiles(const Problem<m>& at, const float* x, const float* filter, float* y) {
  constexpr int products = Problem<m>::kProducts;
  const int64_t panel = at.panel(), filterSize = products * apart(at.channels, panel);
  SharedScratch shared;
  float* transformed = shared.get(filterSize * at.panels());
  const int filterParts = partsOf(at.panels());
  parallel(filterParts, [&](int part) {
    withVectors([&](auto) INLINE_LAMBDA {
      const Range own = rangeOf(at.panels(), part, filterParts);
      for (int64_t i = own.begin; i < own.end; i++)
        transformFilter<m, backward>(at, filter, i * panel, transformed + i * filterSize);
    });
  });
  const std::vector<float> zeros(at.channels, 0.0f);
  const int64_t block = at.tilesFor(kOwn, at.channels + panel, 32), blocks = (at.tiles() + block - 1) / block;
  const int parts = partsOf(blocks);
  parallel(parts, [&](int part) {
    const int64_t tileSize = products * apart(block, at.channels), productSize = products * apart(block, panel);
    float* scratch = Scratch::ofThread().get(tileSize + productSize + panel);
    const Tiles tiles = {scratch, block, apart(block, at.channels)};
    const Range own = rangeOf(blocks, part, parts);
    withVectors([&](auto registers) INLINE_LAMBDA {
      everyBlock({own.begin * block, std::min(own.end * block, at.tiles())}, block, [&](Range range) INLINE_LAMBDA {
        transformTiles<m, false>(at, x, range, range.begin, zeros.data(), tiles);
        for (int64_t i = 0; i < at.panels(); i++)
          multiply(at, registers, range, tiles, 0, transformed + i * filterSize, i * panel, scratch + tileSize,
                   scratch + tileSize + productSize, y);
      });
    });
  });
}

// Tiles that are there once for all threads.
template <int m, bool forGradient>
void transformTogether(const Problem<m>& at, const float* x, Range all, const float* zeros, const Tiles& tiles) {
  const int parts = threadCount();
  parallel(parts, [&](int part) {
    const Range own = rangeOf(all.end - all.begin, part, parts);
    withVectors([&](auto) INLINE_LAMBDA {
      transformTiles<m, forGradient>(at, x, {all.begin + own.begin, all.begin + own.end}, all.begin, zeros, tiles);
    });
  });
}

template <int m, bool backward>
void convolveByOutputs(const Problem<m>& at, const float* x, const float* filter, float* y) {
  constexpr int products = Problem<m>::kProducts;
  const int64_t panel = at.panel(), filterSize = products * apart(at.channels, panel);
  const int64_t together = at.tilesFor(kShared, at.channels, 64), block = at.tilesFor(kOwn, panel, 64);
  const int parts = partsOf(at.panels());
  const std::vector<float> zeros(at.channels, 0.0f);
  SharedScratch shared;
  const Tiles tiles = {shared.get(products * apart(together, at.channels)), together, apart(together, at.channels)};
  everyBlock({0, at.tiles()}, together, [&](Range all) {
    transformTogether<m, false>(at, x, all, zeros.data(), tiles);
    parallel(parts, [&](int part) {
      float* scratch = Scratch::ofThread().get(filterSize + products * apart(block, panel) + panel);
      float* between = scratch + filterSize;
      const Range own = rangeOf(at.panels(), part, parts);
      withVectors([&](auto registers) INLINE_LAMBDA {
        for (int64_t i = own.begin; i < own.end; i++) {
          transformFilter<m, backward>(at, filter, i * panel, scratch);
          everyBlock(all, block, [&](Range range) INLINE_LAMBDA {
            multiply(at, registers, range, tiles, range.begin - all.begin, scratch, i * panel, between,
                     between + products * apart(block, panel), y);
          });
        }
      });
    });
  });
}

// Adds to a panel of the gradient of the transformed filter, [products][C][panel], what a block of tiles gives.
template <int m, typename Registers>
INLINE void addGradient(const Problem<m>& at, Registers, Range range, const Tiles& tiles, int64_t offset,
                        const float* dy, int64_t first, const float* zeros, float* slopes, float* sums) {
  constexpr int side = m + 2;
  const int64_t panel = at.panel(), count = range.end - range.begin, step = apart(count, panel);
  Tile<m> tile(at, range.begin);
  for (int64_t t = 0; t < count; t++, tile.next()) {
    tile.template pixels<m>(0, at.outputs, dy + first, zeros, [&](const auto& pixel) INLINE_LAMBDA {
      for (int64_t d = 0; d < panel; d += kLanes) {
        float* to = slopes + t * panel + d;
        bothWays<Floats, m, side>([&](int i) INLINE_LAMBDA { return load(pixel(i) + d); },
                                  Winograd<m>::template outputGradient<Floats>,
                                  [&](int k, Floats value) INLINE_LAMBDA { store(to + k * step, value); });
      }
    });
  }
  for (int k = 0; k < side * side; k++) {
    const float* a = tiles.data + k * tiles.step + offset * kLanes;
    Registers::template panel<true>(
        panel, at.channels, count,
        [&](int64_t c) INLINE_LAMBDA { return a + c / kLanes * kLanes * tiles.block + c % kLanes; }, 1, kLanes,
        slopes + k * step, panel, sums + k * apart(at.channels, panel), panel);
  }
}

// The gradient of the filter for a panel and some rows of it, from what each part gave for its transform.
template <int m>
INLINE void finish(const Problem<m>& at, const float* sums, int parts, int64_t partStep, Range rows, int64_t first,
                   float* gradient) {
  const int64_t panel = at.panel(), step = apart(at.channels, panel), size = at.channels * at.outputs;
  for (int64_t c = rows.begin; c < rows.end; c++)
    for (int64_t d = 0; d < panel; d += kLanes) {
      const float* from = sums + c * panel + d;
      float* to = gradient + c * at.outputs + first + d;
      bothWays<Floats, m + 2, 3>(
          [&](int k) INLINE_LAMBDA {
            Floats sum = load(from + k * step);
            for (int part = 1; part < parts; part++) sum += load(from + part * partStep + k * step);
            return sum;
          },
          Winograd<m>::template filterGradient<Floats>,
          [&](int i, Floats value) INLINE_LAMBDA { store(to + i * size, value); });
    }
}

template <int m>
void filterGradientByTiles(const Problem<m>& at, const float* x, const float* dy, float* gradient) {
  constexpr int products = Problem<m>::kProducts;
  const int64_t panel = at.panel(), sumSize = products * apart(at.channels, panel), partStep = sumSize * at.panels();
  const int64_t block = at.tilesFor(kOwn, at.channels + panel, 32), blocks = (at.tiles() + block - 1) / block;
  const int parts = partsOf(std::min(at.sumsFor(threadCount()), blocks));
  const std::vector<float> zeros(std::max(at.channels, at.outputs), 0.0f);
  SharedScratch shared;
  float* sums = shared.get(parts * partStep);
  parallel(parts, [&](int part) {
    const int64_t tileSize = products * apart(block, at.channels);
    float* scratch = Scratch::ofThread().get(tileSize + products * apart(block, panel));
    const Tiles tiles = {scratch, block, apart(block, at.channels)};
    float* own = sums + part * partStep;
    std::fill(own, own + partStep, 0.0f);
    const Range mine = rangeOf(blocks, part, parts);
    withVectors([&](auto registers) INLINE_LAMBDA {
      everyBlock({mine.begin * block, std::min(mine.end * block, at.tiles())}, block, [&](Range range) INLINE_LAMBDA {
        transformTiles<m, true>(at, x, range, range.begin, zeros.data(), tiles);
        for (int64_t i = 0; i < at.panels(); i++)
          addGradient(at, registers, range, tiles, 0, dy, i * panel, zeros.data(), scratch + tileSize,
                      own + i * sumSize);
      });
    });
  });
  const int rowParts = partsOf(at.channels);
  parallel(rowParts, [&](int part) {
    withVectors([&](auto) INLINE_LAMBDA {
      for (int64_t i = 0; i < at.panels(); i++)
        finish(at, sums + i * sumSize, parts, partStep, rangeOf(at.channels, part, rowParts), i * panel, gradient);
    });
  });
}

template <int m>
void filterGradientByOutputs(const Problem<m>& at, const float* x, const float* dy, float* gradient) {
  constexpr int products = Problem<m>::kProducts;
  const int64_t panel = at.panel(), sumSize = products * apart(at.channels, panel);
  const int64_t together = at.tilesFor(kShared, at.channels, 64), block = at.tilesFor(kOwn, panel, 64);
  const int64_t tileSize = products * apart(together, at.channels);
  const int parts = partsOf(at.panels());
  const std::vector<float> zeros(std::max(at.channels, at.outputs), 0.0f);
  // If tiles come in several rounds, the sums of all panels wait for the next.
  const bool rounds = together < at.tiles();
  SharedScratch shared;
  const Tiles tiles = {shared.get(tileSize + (rounds ? at.panels() * sumSize : 0)), together,
                       apart(together, at.channels)};
  everyBlock({0, at.tiles()}, together, [&](Range all) {
    transformTogether<m, true>(at, x, all, zeros.data(), tiles);
    parallel(parts, [&](int part) {
      float* slopes = Scratch::ofThread().get(products * apart(block, panel) + sumSize);
      const Range own = rangeOf(at.panels(), part, parts);
      withVectors([&](auto registers) INLINE_LAMBDA {
        for (int64_t i = own.begin; i < own.end; i++) {
          float* sums = rounds ? tiles.data + tileSize + i * sumSize : slopes + products * apart(block, panel);
          if (all.begin == 0) std::fill(sums, sums + sumSize, 0.0f);
          everyBlock(all, block, [&](Range range) INLINE_LAMBDA {
            addGradient(at, registers, range, tiles, range.begin - all.begin, dy, i * panel, zeros.data(), slopes,
                        sums);
          });
          if (all.end == at.tiles()) finish(at, sums, 1, 0, {0, at.channels}, i * panel, gradient);
        }
      });
    });
  });
}

template <int m>
void convolve(const Problem<m>& at, bool backward, const float* x, const float* filter, float* y) {
  if (at.shareOutputs(threadCount()))
    backward ? convolveByOutputs<m, true>(at, x, filter, y) : convolveByOutputs<m, false>(at, x, filter, y);
  else
    backward ? convolveByTiles<m, true>(at, x, filter, y) : convolveByTiles<m, false>(at, x, filter, y);
}

template <int m>
void filterGradient(const Problem<m>& at, const float* x, const float* dy, float* gradient) {
  at.shareOutputs(at.sumsFor(threadCount())) ? filterGradientByOutputs(at, x, dy, gradient)
                                             : filterGradientByTiles(at, x, dy, gradient);
}

// Calls work(problem) with the tiles that take fewer multiplications; large ones may stand out over small images.
template <typename Work>
void withTiles(const std::vector<int64_t>& shape, int64_t outputs, const Work& work) {
  const Problem<2> small = {shape[0], shape[1], shape[2], shape[3], outputs};
  const Problem<4> large = {shape[0], shape[1], shape[2], shape[3], outputs};
  if (large.tiles() * large.kProducts < small.tiles() * small.kProducts)
    work(large);
  else
    work(small);
}

struct Settings {
  const bool backward;
  explicit Settings(const Attributes& of) : backward(of.flag("backward")) {}
};

// Inputs x [B, H, W, C] and the filter [3, 3, C, D], or with `backward` dy [B, H, W, D] and the same filter; output
// y [B, H, W, D], or dx.
void convolution(void* kernel, TF_OpKernelContext* context) {
  const bool backward = static_cast<Settings*>(kernel)->backward;
  Run run(context);
  const Array x = run.input(0), filter = run.input(1);
  if (!run.ok()) return;
  std::vector<int64_t> shape = x.shape();
  const int64_t outputs = filter.shape()[backward ? 2 : 3];
  const Array y = run.output(0, {shape[0], shape[1], shape[2], outputs});
  if (!run.ok()) return;
  withTiles(shape, outputs, [&](const auto& at) { convolve(at, backward, x.data(), filter.data(), y.data()); });
}

// Inputs x [B, H, W, C] and dy [B, H, W, D]; output the gradient of the filter [3, 3, C, D].
void convolutionGradient(void*, TF_OpKernelContext* context) {
  Run run(context);
  const Array x = run.input(0), dy = run.input(1);
  if (!run.ok()) return;
  const std::vector<int64_t> shape = x.shape();
  const int64_t outputs = dy.shape()[3];
  const Array gradient = run.output(0, {3, 3, shape[3], outputs});
  if (!run.ok()) return;
  withTiles(shape, outputs, [&](const auto& at) { filterGradient(at, x.data(), dy.data(), gradient.data()); });
}

}  // namespace

bool registerConvolution() {
  return vectors() != Vectors::none &&
         registerOperation<Settings>(
             {"CarlConvolution", {"x: float", "filter: float"}, {"y: float"}, {"backward: bool"}, convolution}) &&
         registerOperation({"CarlConvolutionFilterGradient",
                            {"x: float", "dy: float"},
                            {"d_filter: float"},
                            {},
                            convolutionGradient});
}

}  // namespace carl
