// Tiles of images, and their transforms, for convolutions by minimal filtering.
#pragma once
#include <algorithm>
#include <cstdint>
#include "math/convolution.h"
#include "math/matrix-product.h"
#include "math/pixels.h"
#include "math/threads.h"
#include "math/winograd.h"

namespace carl {

// Size of a filter plane, C D, from which threads share output channels rather than tiles.
constexpr int64_t kManyWeights = 1 << 14;
// Budgets in floats: for the cache of one core, for tiles that all threads share, and for the sums of all threads.
constexpr int64_t kCoreFloats = 1 << 17, kSharedFloats = 1 << 21, kSumFloats = 1 << 24;

// A convolution of [B, H, W, channels] to [B, H, W, outputs] in tiles of m x m outputs.
template <int m>
struct Tiling {
  static constexpr int kSide = m + 2, kProducts = kSide * kSide;
  int64_t images, height, width, channels, outputs;

  int64_t tileRows() const { return (height + m - 1) / m; }
  int64_t tileColumns() const { return (width + m - 1) / m; }
  int64_t tiles() const { return images * tileRows() * tileColumns(); }
  int64_t panel() const { return panelOf(outputs); }
  int64_t panels() const { return outputs / panel(); }

  // Returns whether the threads share the output channels.
  bool sharesOutputs(int64_t threads) const { return channels * outputs >= kManyWeights && panels() >= threads; }

  // Returns the number of threads that may each sum a complete gradient of the transformed filter.
  int64_t summingThreads(int64_t threads) const {
    return std::min(threads, std::max<int64_t>(1, kSumFloats / (kProducts * channels * outputs)));
  }

  // Returns the number of tiles, a multiple of kRowGroup, that fit into a budget when each product of a tile takes
  // `floatsEach`; not below `least` unless there are fewer tiles.
  int64_t tilesWithin(int64_t budget, int64_t floatsEach, int64_t least) const {
    return std::min(roundUpRows(tiles()), std::max(budget / (kProducts * floatsEach) / kRowGroup * kRowGroup, least));
  }
};

// Calls work(tiling) with the tile size that needs fewer multiplications. Large tiles can exceed small images too far.
template <typename Work>
void withTiling(const ConvolutionShape& of, int64_t channels, int64_t outputs, const Work& work) {
  const Tiling<2> small = {of.images, of.height, of.width, channels, outputs};
  const Tiling<4> large = {of.images, of.height, of.width, channels, outputs};
  if (large.tiles() * large.kProducts < small.tiles() * small.kProducts)
    work(large);
  else
    work(small);
}

// Returns the distance between consecutive matrices of a stack. One more cache line than their size keeps the same row
// of different matrices out of the same cache set.
inline int64_t matrixStep(int64_t rows, int64_t columns) { return rows * columns + kLanes; }

// Number of tiles by which memory is requested in advance. The processor itself does not foresee the short pieces of
// the rows that a tile of few channels has.
constexpr int64_t kTilesAhead = 3;
// Bytes of a cache line.
constexpr int64_t kLineBytes = 64;

// Some pixels of a tile inside the image: side x side of them, rows of which are `row` floats apart.
template <int side, typename Number>
struct InnerPixels {
  Number* corner;
  int64_t row, channels;
  INLINE Number* operator()(int i) const { return corner + i / side * row + i % side * channels; }
  INLINE bool beyond(int) const { return false; }
};

// Some pixels of a tile at an edge of the image; those beyond it have the address `outside`.
template <int side, typename Number>
struct EdgePixels {
  Number* all[side * side];
  Number* outside;
  INLINE Number* operator()(int i) const { return all[i]; }
  INLINE bool beyond(int i) const { return all[i] == outside; }
};

// A position in the sequence of all tiles: image by image, row by row.
template <int m>
class TilePosition {
 public:
  INLINE TilePosition(const Tiling<m>& at, int64_t index) : at_(at) {
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

  // Requests `count` channels of the side x side pixels that start at an offset from the corner of the tile, without
  // the first `known` columns. Pixels may be beyond the images: a request of any address is allowed.
  template <int side, bool write, typename Number>
  INLINE void prefetch(int offset, int known, int64_t channels, int64_t count, const Number* base) const {
    const int64_t top = row_ * m + offset, left = column_ * m + offset;
    for (int row = 0; row < side; row++)
      for (int column = known; column < side; column++) {
        const int64_t pixel = (image_ * at_.height + top + row) * at_.width + left + column;
        for (int64_t c = 0; c < count; c += kLineBytes / int64_t{sizeof(Number)})
          __builtin_prefetch(base + pixel * channels + c, write);
      }
  }

  // Calls work(pixel) for the side x side pixels that start at an offset from the corner of the tile. pixel(i) returns
  // the address of pixel i, or `outside` for a pixel beyond the image, of which pixel.beyond(i) is true.
  template <int side, typename Number, typename Work>
  INLINE void pixels(int offset, int64_t channels, Number* base, Number* outside, const Work& work) const {
    const int64_t top = row_ * m + offset, left = column_ * m + offset, height = at_.height, width = at_.width;
    Number* corner = base + ((image_ * height + top) * width + left) * channels;
    const int64_t row = width * channels;
    if (top >= 0 && left >= 0 && top + side <= height && left + side <= width)
      return work(InnerPixels<side, Number>{corner, row, channels});
    EdgePixels<side, Number> edge;
    edge.outside = outside;
    for (int i = 0; i < side * side; i++) {
      const int64_t y = top + i / side, x = left + i % side;
      edge.all[i] =
          y >= 0 && x >= 0 && y < height && x < width ? corner + i / side * row + i % side * channels : outside;
    }
    work(edge);
  }

 private:
  const Tiling<m> at_;
  int64_t image_, row_, column_;
};

// Transformed tiles: a stack of matrices [products][block][C], or [products][C / kLanes][block][kLanes] for the
// gradient of the filter. Matrices are `step` floats apart.
struct TransformedTiles {
  float* data;
  int64_t block, step;
};

// Returns zeros as numbers of the type of the images, which needs no more memory than floats.
INLINE const float* zerosOf(const float*, const float* zeros) { return zeros; }
INLINE const Bf16* zerosOf(const Bf16*, const float* zeros) { return reinterpret_cast<const Bf16*>(zeros); }

// Transforms the tiles of a range of x. The tile `first` is row 0 of the block; `zeros` has C zeros.
template <int m, bool forGradient, typename Pixels>
SHARED void transformTiles(const Tiling<m>& at, const Pixels& x, Range range, int64_t first, const float* zeros,
                           const TransformedTiles& to) {
  constexpr int side = m + 2;
  TilePosition<m> tile(at, range.begin), ahead(at, range.begin + kTilesAhead);
  for (int64_t t = range.begin - first; t < range.end - first; t++, tile.next(), ahead.next()) {
    ahead.template prefetch<side, false>(-1, side - m, at.channels, at.channels, x.data);
    tile.template pixels<side>(-1, at.channels, x.data, zerosOf(x.data, zeros), [&](const auto& pixel) INLINE_LAMBDA {
      for (int64_t c = 0; c < at.channels; c += kLanes) {
        float* out = to.data + (forGradient ? c * to.block + t * kLanes : t * at.channels + c);
        const auto read = x.reader(c);
        transformSquare<Floats, side, side>(
            [&](int i) INLINE_LAMBDA { return !Pixels::kKeepsZero && pixel.beyond(i) ? Floats{} : read(pixel(i) + c); },
            Winograd<m>::template input<Floats>,
            [&](int k, Floats value) INLINE_LAMBDA { store(out + k * to.step, value); });
      }
    });
  }
}

// Transforms the tiles of a range in parallel, into memory that all threads share.
template <int m, bool forGradient, typename Pixels>
void transformShared(const Tiling<m>& at, const Pixels& x, Range all, const float* zeros, const TransformedTiles& to) {
  const int parts = threadCount();
  parallel(parts, [&](int part) {
    const Range own = rangeOf(all.end - all.begin, part, parts);
    transformTiles<m, forGradient>(at, x, {all.begin + own.begin, all.begin + own.end}, all.begin, zeros, to);
  });
}

// Calls work(block) for consecutive blocks of tiles.
template <typename Work>
INLINE void forEachBlock(Range tiles, int64_t block, const Work& work) {
  for (int64_t begin = tiles.begin; begin < tiles.end; begin += block)
    work(Range{begin, std::min(begin + block, tiles.end)});
}

}  // namespace carl
