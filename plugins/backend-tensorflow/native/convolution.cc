// 3x3 convolutions of stride 1 that keep the size of their images, [B, H, W, C] -> [B, H, W, D] with C and D multiples of
// 16, and their gradients, by F(2x2, 3x3): a block of tiles is transformed, multiplied in 16 matrix products that together
// are 2.25 times less work than the convolution, and transformed back, all in the cache.
#include "convolution.h"
#include <algorithm>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <vector>
#include "operation.h"
#include "processor.h"
#include "threads.h"
#include "winograd.h"

#define FOR_AVX512 __attribute__((target("avx512f,fma")))
#define FOR_AVX2 __attribute__((target("avx2,fma")))

namespace carl {
namespace {

constexpr int kProducts = 16;
// Tiles of a block come in groups of so many, which every matrix product below divides.
constexpr int64_t kGroup = 16;

struct Images {
  int64_t count, height, width;
  int64_t tileRows() const { return (height + 1) / 2; }
  int64_t tileColumns() const { return (width + 1) / 2; }
  int64_t tiles() const { return count * tileRows() * tileColumns(); }
};

// Scratch memory of a thread, of at least the size that was last asked for.
class Scratch {
 public:
  float* get(int64_t size) {
    if (size > size_) {
      memory_.reset(static_cast<float*>(std::aligned_alloc(64, static_cast<size_t>(size) * sizeof(float) / 64 * 64 + 64)));
      size_ = size;
    }
    return memory_.get();
  }

 private:
  struct Free {
    void operator()(float* memory) const { std::free(memory); }
  };
  std::unique_ptr<float, Free> memory_;
  int64_t size_ = 0;
};

// Memory that all threads of one operation work on, and the right to use it.
class SharedScratch {
 public:
  float* get(int64_t size) { return memory().get(size); }

 private:
  static Scratch& memory() {
    static Scratch scratch;
    return scratch;
  }
  static std::mutex& mutex() {
    static std::mutex one;
    return one;
  }
  std::lock_guard<std::mutex> lock_{mutex()};
};

// Numbers of a filter from which on threads share its gradient.
constexpr int64_t kLarge = 1 << 14;

// Columns of a matrix that lie together: those that a matrix product takes at once.
inline int64_t panelOf(int64_t columns) { return columns % 32 == 0 ? 32 : 16; }

// Tiles that are worked on together, so that what they become stays in the cache of a core.
int64_t blockOf(int64_t channels, int64_t outputs) {
  const int64_t fitting = (1 << 17) / (kProducts * (channels + outputs));
  return std::min<int64_t>(256, std::max<int64_t>(64, fitting / kGroup * kGroup));
}

// Between matrices of a stack lies a cache line, so that places of the same row do not all fall into the same cache set.
inline int64_t apart(int64_t rows, int64_t columns) { return rows * columns + kLanes; }

// Walks over the tiles of images, row by row.
class Tile {
 public:
  Tile(const Images& images, int64_t index) : images_(images) {
    column_ = index % images.tileColumns();
    row_ = index / images.tileColumns() % images.tileRows();
    image_ = index / images.tileColumns() / images.tileRows();
  }

  void next() {
    if (++column_ < images_.tileColumns()) return;
    column_ = 0;
    if (++row_ < images_.tileRows()) return;
    row_ = 0;
    image_++;
  }

  // Where the side x side pixels are that begin at an offset from the tile's corner; those outside are elsewhere.
  template <int side, typename Float>
  INLINE void pixels(int offset, int64_t channels, Float* base, Float* outside, Float** all) const {
    const int64_t top = row_ * 2 + offset, left = column_ * 2 + offset;
    Float* corner = base + ((image_ * images_.height + top) * images_.width + left) * channels;
    const bool inside = top >= 0 && left >= 0 && top + side <= images_.height && left + side <= images_.width;
    for (int row = 0; row < side; row++)
      for (int column = 0; column < side; column++)
        all[row * side + column] = inside || contains(top + row, left + column)
                                       ? corner + (row * images_.width + column) * channels
                                       : outside;
  }

 private:
  bool contains(int64_t y, int64_t x) const { return y >= 0 && x >= 0 && y < images_.height && x < images_.width; }
  const Images images_;
  int64_t image_, row_, column_;
};

// c (+)= a b for MR rows and NR vectors of columns; a has its rows `aRow` apart and its columns `aStep`, b its rows `bStep`.
template <int MR, int NR, bool accumulate>
INLINE void product(int64_t depth, const float* a, int64_t aRow, int64_t aStep, const float* b, int64_t bStep, float* c,
                    int64_t cRow) {
  Floats sums[MR][NR];
  for (int i = 0; i < MR; i++)
    for (int j = 0; j < NR; j++) sums[i][j] = accumulate ? load(c + i * cRow + j * kLanes) : Floats{};
  for (int64_t p = 0; p < depth; p++, a += aStep, b += bStep) {
    Floats columns[NR];
    for (int j = 0; j < NR; j++) columns[j] = load(b + j * kLanes);
    for (int i = 0; i < MR; i++)
      for (int j = 0; j < NR; j++) sums[i][j] += a[i * aRow] * columns[j];
  }
  for (int i = 0; i < MR; i++)
    for (int j = 0; j < NR; j++) store(c + i * cRow + j * kLanes, sums[i][j]);
}

// Transforms some channels, from `c` on, of a tile; its 16 vectors go `step` apart.
INLINE void storeTransformed(const float* const* pixels, int64_t c, float* to, int64_t step) {
  Floats tile[16], transformed[16];
  for (int i = 0; i < 16; i++) tile[i] = load(pixels[i] + c);
  transformInput(tile, transformed);
  for (int k = 0; k < kProducts; k++) store(to + k * step, transformed[k]);
}

// What is computed of a convolution: x [B, H, W, C] and a transformed filter, y [B, H, W, D].
struct Convolution {
  Images images;
  int64_t channels, outputs;
};

// Transformed tiles [16][block][C], products [16][block][D].
template <int wideRows, int narrowRows>
INLINE void convolveBlock(const Convolution& at, const float* x, const float* filter, int64_t begin, int64_t end,
                          const float* zeros, float* sink, float* tiles, float* products, float* y) {
  const int64_t channels = at.channels, outputs = at.outputs, panel = panelOf(outputs);
  const int64_t count = end - begin, rows = (count + kGroup - 1) / kGroup * kGroup;
  const int64_t tileStep = apart(rows, channels), productStep = apart(rows, outputs);
  Tile in(at.images, begin);
  for (int64_t t = 0; t < count; t++, in.next()) {
    const float* pixels[16];
    in.pixels<4>(-1, channels, x, zeros, pixels);
    for (int64_t c = 0; c < channels; c += kLanes) storeTransformed(pixels, c, tiles + t * channels + c, tileStep);
  }
  for (int k = 0; k < kProducts; k++) {
    const float* a = tiles + k * tileStep;
    const float* b = filter + k * apart(channels, outputs);
    float* c = products + k * productStep;
    for (int64_t d = 0; d < outputs; d += panel)
      for (int64_t t = 0; t < rows; t += panel == 32 ? wideRows : narrowRows) {
        const float* from = a + t * channels;
        float* to = c + t * outputs + d;
        if (panel == 32) product<wideRows, 2, false>(channels, from, channels, 1, b + d * channels, 32, to, outputs);
        else product<narrowRows, 1, false>(channels, from, channels, 1, b + d * channels, 16, to, outputs);
      }
  }
  Tile out(at.images, begin);
  for (int64_t t = 0; t < count; t++, out.next()) {
    float* pixels[4];
    out.pixels<2>(0, outputs, y, sink, pixels);
    for (int64_t d = 0; d < outputs; d += kLanes) {
      Floats given[16], values[4];
      for (int k = 0; k < kProducts; k++) given[k] = load(products + k * productStep + t * outputs + d);
      transformOutput(given, values);
      for (int i = 0; i < 4; i++) store(pixels[i] + d, values[i]);
    }
  }
}

// Adds to some columns of `gradient` [16][C][D] what a block of tiles of x and dy gives. Tiles are laid out [16][C / 16][block][16] and
// [16][D / panel][block][panel].
template <int wideRows, int narrowRows>
INLINE void gradientBlock(const Convolution& at, Range columns, const float* x, const float* dy, int64_t begin,
                          int64_t end, const float* zeros, float* tiles, float* slopes, float* gradient) {
  const int64_t channels = at.channels, outputs = at.outputs, panel = panelOf(outputs), count = end - begin;
  const int64_t tileStep = apart(count, channels), slopeStep = apart(count, outputs);
  Tile tile(at.images, begin);
  for (int64_t t = 0; t < count; t++, tile.next()) {
    const float* pixels[16];
    tile.pixels<4>(-1, channels, x, zeros, pixels);
    for (int64_t c = 0; c < channels; c += kLanes)
      storeTransformed(pixels, c, tiles + c * count + t * kLanes, tileStep);
    tile.pixels<2>(0, outputs, dy, zeros, pixels);
    for (int64_t d = columns.begin; d < columns.end; d += kLanes) {
      Floats given[4], transformed[16];
      for (int i = 0; i < 4; i++) given[i] = load(pixels[i] + d);
      transformOutputGradient(given, transformed);
      float* to = slopes + d / panel * panel * count + t * panel + d % panel;
      for (int k = 0; k < kProducts; k++) store(to + k * slopeStep, transformed[k]);
    }
  }
  for (int k = 0; k < kProducts; k++)
    for (int64_t d = columns.begin; d < columns.end; d += panel) {
      const float* b = slopes + k * slopeStep + d * count;
      for (int64_t c = 0; c < channels; c += panel == 32 ? wideRows : narrowRows) {
        const float* a = tiles + k * tileStep + c / kLanes * kLanes * count + c % kLanes;
        float* to = gradient + k * apart(channels, outputs) + c * outputs + d;
        if (panel == 32) product<wideRows, 2, true>(count, a, 1, kLanes, b, 32, to, outputs);
        else product<narrowRows, 1, true>(count, a, 1, kLanes, b, 16, to, outputs);
      }
    }
}

// With 32 registers of 16 numbers, and with 16 of 8.
FOR_AVX512 void convolve512(const Convolution& at, const float* x, const float* filter, int64_t begin, int64_t end,
                            const float* zeros, float* sink, float* tiles, float* products, float* y) {
  convolveBlock<8, 16>(at, x, filter, begin, end, zeros, sink, tiles, products, y);
}
FOR_AVX2 void convolve256(const Convolution& at, const float* x, const float* filter, int64_t begin, int64_t end,
                          const float* zeros, float* sink, float* tiles, float* products, float* y) {
  convolveBlock<2, 4>(at, x, filter, begin, end, zeros, sink, tiles, products, y);
}
FOR_AVX512 void gradient512(const Convolution& at, Range columns, const float* x, const float* dy, int64_t begin, int64_t end,
                            const float* zeros, float* tiles, float* slopes, float* gradient) {
  gradientBlock<8, 16>(at, columns, x, dy, begin, end, zeros, tiles, slopes, gradient);
}
FOR_AVX2 void gradient256(const Convolution& at, Range columns, const float* x, const float* dy, int64_t begin, int64_t end,
                          const float* zeros, float* tiles, float* slopes, float* gradient) {
  gradientBlock<2, 4>(at, columns, x, dy, begin, end, zeros, tiles, slopes, gradient);
}

// The filter [3][3][C][D] as 16 matrices [C][D], whose columns lie together in panels.
VECTORIZED void transformPlain(const float* filter, const Convolution& at, Range rows, float* out) {
  const int64_t size = at.channels * at.outputs, panel = panelOf(at.outputs);
  for (int64_t c = rows.begin; c < rows.end; c++)
    for (int64_t d = 0; d < at.outputs; d += kLanes) {
      Floats given[9], transformed[16];
      for (int i = 0; i < 9; i++) given[i] = load(filter + i * size + c * at.outputs + d);
      transformFilter(given, transformed);
      float* to = out + d / panel * panel * at.channels + c * panel + d % panel;
      for (int k = 0; k < kProducts; k++) store(to + k * apart(at.channels, at.outputs), transformed[k]);
    }
}

// The same of the filter [3][3][D][C], mirrored and with inputs and outputs exchanged: it takes the gradient of what comes
// out to that of what went in.
VECTORIZED void transformMirrored(const float* filter, const Convolution& at, Range rows, float* out) {
  const int64_t size = at.channels * at.outputs, panel = panelOf(at.outputs);
  float transformed[kProducts][kLanes][kLanes];
  for (int64_t c = rows.begin; c < rows.end; c += kLanes)
    for (int64_t d = 0; d < at.outputs; d += kLanes) {
      for (int64_t j = 0; j < kLanes; j++) {
        Floats given[9], values[16];
        for (int i = 0; i < 9; i++) given[i] = load(filter + (8 - i) * size + (d + j) * at.channels + c);
        transformFilter(given, values);
        for (int k = 0; k < kProducts; k++) store(transformed[k][j], values[k]);
      }
      float* to = out + d / panel * panel * at.channels + c * panel + d % panel;
      for (int k = 0; k < kProducts; k++)
        for (int64_t i = 0; i < kLanes; i++)
          for (int64_t j = 0; j < kLanes; j++)
            to[k * apart(at.channels, at.outputs) + i * panel + j] = transformed[k][j][i];
    }
}

void transformFilters(const float* filter, const Convolution& at, bool backward, float* out) {
  const int parts = at.channels * at.outputs < 4096 ? 1 : threadCount();
  parallel(parts, [&](int part) {
    const Range lanes = rangeOf(at.channels / kLanes, part, parts);
    const Range rows = {lanes.begin * kLanes, lanes.end * kLanes};
    backward ? transformMirrored(filter, at, rows, out) : transformPlain(filter, at, rows, out);
  });
}

struct Settings {
  bool backward;
};

// Inputs x [B, H, W, C] and the filter [3, 3, C, D], or with `backward` dy [B, H, W, D] and the same filter; output
// y [B, H, W, D], or dx.
void convolution(void* kernel, TF_OpKernelContext* context) {
  const bool backward = static_cast<Settings*>(kernel)->backward;
  Run run(context);
  const Array x = run.input(0), filter = run.input(1);
  if (!run.ok()) return;
  std::vector<int64_t> shape = x.shape();
  const std::vector<int64_t> sizes = filter.shape();
  const Convolution at = {{shape[0], shape[1], shape[2]}, shape[3], sizes[backward ? 2 : 3]};
  shape[3] = at.outputs;
  const Array y = run.output(0, shape);
  if (!run.ok()) return;
  SharedScratch shared;
  float* transformed = shared.get(kProducts * apart(at.channels, at.outputs));
  transformFilters(filter.data(), at, backward, transformed);
  const std::vector<float> zeros(at.channels, 0.0f);
  const int64_t block = blockOf(at.channels, at.outputs), blocks = (at.images.tiles() + block - 1) / block;
  const auto compute = vectors() == Vectors::avx512 ? convolve512 : convolve256;
  const int parts = static_cast<int>(std::min<int64_t>(threadCount(), blocks));
  parallel(parts, [&](int part) {
    thread_local Scratch scratch;
    const int64_t tileSize = kProducts * apart(block, at.channels), productSize = kProducts * apart(block, at.outputs);
    float* tiles = scratch.get(tileSize + productSize + at.outputs);
    float* products = tiles + tileSize;
    float* sink = products + productSize;
    const Range range = rangeOf(blocks, part, parts);
    for (int64_t i = range.begin; i < range.end; i++)
      compute(at, x.data(), transformed, i * block, std::min((i + 1) * block, at.images.tiles()), zeros.data(), sink,
              tiles, products, y.data());
  });
}

// The gradient of the filter, [3][3][size], from what each part gave for its transform, [16][size].
VECTORIZED void sumParts(const float* sums, int parts, int64_t step, Range range, int64_t size, float* gradient) {
  for (int64_t i = range.begin; i < range.end; i += kLanes) {
    Floats given[16], values[9];
    for (int k = 0; k < kProducts; k++) {
      given[k] = load(sums + k * step + i);
      for (int part = 1; part < parts; part++) given[k] += load(sums + (part * kProducts + k) * step + i);
    }
    transformFilterGradient(given, values);
    for (int j = 0; j < 9; j++) store(gradient + j * size + i, values[j]);
  }
}

// Inputs x [B, H, W, C] and dy [B, H, W, D]; output the gradient of the filter [3, 3, C, D].
void filterGradient(void*, TF_OpKernelContext* context) {
  Run run(context);
  const Array x = run.input(0), dy = run.input(1);
  if (!run.ok()) return;
  const std::vector<int64_t> shape = x.shape();
  const Convolution at = {{shape[0], shape[1], shape[2]}, shape[3], dy.shape()[3]};
  const Array gradient = run.output(0, {3, 3, at.channels, at.outputs});
  if (!run.ok()) return;
  const int64_t block = blockOf(at.channels, at.outputs), blocks = (at.images.tiles() + block - 1) / block;
  const int64_t size = at.channels * at.outputs;
  const int64_t panel = panelOf(at.outputs), step = apart(at.channels, at.outputs);
  // Small gradients are summed by each thread over its own tiles; of large ones each has columns of its own.
  const bool byColumns = size >= kLarge;
  const int64_t most = byColumns ? at.outputs / panel : blocks;
  const int parts = static_cast<int>(std::min<int64_t>(threadCount(), most)), copies = byColumns ? 1 : parts;
  SharedScratch shared;
  float* sums = shared.get(copies * kProducts * step);
  const std::vector<float> zeros(std::max(at.channels, at.outputs), 0.0f);
  const auto compute = vectors() == Vectors::avx512 ? gradient512 : gradient256;
  std::fill(sums, sums + copies * kProducts * step, 0.0f);
  parallel(parts, [&](int part) {
    thread_local Scratch scratch;
    const int64_t tileSize = kProducts * apart(block, at.channels);
    float* tiles = scratch.get(tileSize + kProducts * apart(block, at.outputs));
    const Range own = rangeOf(most, part, parts), tileBlocks = byColumns ? Range{0, blocks} : own;
    const Range columns = byColumns ? Range{own.begin * panel, own.end * panel} : Range{0, at.outputs};
    for (int64_t i = tileBlocks.begin; i < tileBlocks.end; i++)
      compute(at, columns, x.data(), dy.data(), i * block, std::min((i + 1) * block, at.images.tiles()), zeros.data(),
              tiles, tiles + tileSize, sums + (byColumns ? 0 : part * kProducts * step));
  });
  parallel(parts, [&](int part) {
    const Range lanes = rangeOf(size / kLanes, part, parts);
    sumParts(sums, copies, step, {lanes.begin * kLanes, lanes.end * kLanes}, size, gradient.data());
  });
}

void* create(TF_OpKernelConstruction* construction) {
  unsigned char backward = 0;
  TF_Status* status = TF_NewStatus();
  TF_OpKernelConstruction_GetAttrBool(construction, "backward", &backward, status);
  TF_DeleteStatus(status);
  return new Settings{backward != 0};
}
void* createGradient(TF_OpKernelConstruction*) { return nullptr; }
void destroy(void* kernel) { delete static_cast<Settings*>(kernel); }

}  // namespace

bool registerConvolution() {
  return vectors() != Vectors::none &&
         registerOperation({"CarlConvolution", {"x: float", "filter: float"}, {"y: float"}, {"backward: bool"}, create,
                            convolution, destroy}) &&
         registerOperation({"CarlConvolutionFilterGradient", {"x: float", "dy: float"}, {"d_filter: float"}, {},
                            createGradient, filterGradient, destroy});
}

}  // namespace carl
