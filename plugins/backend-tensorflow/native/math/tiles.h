// The eight tile registers of a core with AMX, of 16 rows of 64 bytes each. Without CARL_BF16 they are emulated, so
// that code which uses them can be tested on any processor.
#pragma once
#include <cstdint>
#include <cstring>
#include <type_traits>
#include "math/bf16.h"

namespace carl {

// Rows of a tile, which is also its number of floats in a row, and the depth of a product of tiles in bf16.
constexpr int64_t kTileRows = 16, kTileDepth = 32;

// Returns how many tiles hold a row of numbers, the last one filled up.
inline int64_t stepsOf(int64_t depth) { return (depth + kTileDepth - 1) / kTileDepth; }

// Memory for floats, used for twice as many numbers in bf16.
inline Bf16* asBf16(float* memory) { return reinterpret_cast<Bf16*>(memory); }

#ifdef CARL_BF16

// While an object of this class exists, the calling thread can use the tiles.
class Tiles {
 public:
  Tiles() {
    alignas(64) Shape shape = {};
    shape.palette = 1;
    for (int tile = 0; tile < 8; tile++) {
      shape.rowBytes[tile] = 64;
      shape.rows[tile] = kTileRows;
    }
    asm volatile("ldtilecfg %0" ::"m"(shape));
  }
  Tiles(const Tiles&) = delete;
  ~Tiles() { asm volatile("tilerelease"); }

  template <int tile>
  INLINE void clear() {
    asm volatile("tilezero %%tmm%c0" ::"i"(tile));
  }

  // Rows in memory are `bytes` apart.
  template <int tile>
  INLINE void load(const void* from, int64_t bytes) {
    asm volatile("tileloadd (%0,%1,1), %%tmm%c2" ::"r"(from), "r"(bytes), "i"(tile) : "memory");
  }

  template <int tile>
  INLINE void store(void* to, int64_t bytes) {
    asm volatile("tilestored %%tmm%c2, (%0,%1,1)" ::"r"(to), "r"(bytes), "i"(tile) : "memory");
  }

  // Adds the product of a, rows of 32 numbers in bf16, and b, rows of 16 pairs, to the floats of `sum`.
  template <int sum, int a, int b>
  INLINE void multiply() {
    asm volatile("tdpbf16ps %%tmm%c2, %%tmm%c1, %%tmm%c0" ::"i"(sum), "i"(a), "i"(b));
  }

 private:
  struct Shape {
    uint8_t palette, startRow, reserved[14];
    uint16_t rowBytes[16];
    uint8_t rows[16];
  };
};

#else

class Tiles {
 public:
  template <int tile>
  void clear() {
    std::memset(bytes_[tile], 0, sizeof bytes_[tile]);
  }

  template <int tile>
  void load(const void* from, int64_t bytes) {
    for (int row = 0; row < kTileRows; row++)
      std::memcpy(bytes_[tile][row], static_cast<const uint8_t*>(from) + row * bytes, 64);
  }

  template <int tile>
  void store(void* to, int64_t bytes) {
    for (int row = 0; row < kTileRows; row++)
      std::memcpy(static_cast<uint8_t*>(to) + row * bytes, bytes_[tile][row], 64);
  }

  template <int sum, int a, int b>
  void multiply() {
    for (int row = 0; row < kTileRows; row++)
      for (int column = 0; column < kTileRows; column++) {
        float total = 0;
        for (int k = 0; k < kTileDepth; k++)
          total += number(bytes_[a][row] + 2 * k) * number(bytes_[b][k / 2] + 4 * column + k % 2 * 2);
        float before;
        std::memcpy(&before, bytes_[sum][row] + 4 * column, sizeof before);
        total += before;
        std::memcpy(bytes_[sum][row] + 4 * column, &total, sizeof total);
      }
  }

 private:
  static float number(const uint8_t* from) {
    Bf16 half;
    std::memcpy(&half, from, sizeof half);
    const uint32_t bits = static_cast<uint32_t>(half) << 16;
    float value;
    std::memcpy(&value, &bits, sizeof value);
    return value;
  }

  uint8_t bytes_[8][kTileRows][64];
};

#endif

// A stack of tiles in memory: distances, in numbers, between the tiles, between the rows of a tile, and between the
// places of the next 32 numbers of depth.
struct TileStack {
  const Bf16* data;
  int64_t tile, row, step;
};

// Computes c = a b, or c += a b, for one or two tiles of rows of c and one or two of columns. Rows of c are `cRow`
// floats apart; `steps` is the depth divided by 32.
template <int rowTiles, int columnTiles, bool accumulate>
INLINE void multiplyTiles(Tiles& tiles, int64_t steps, TileStack a, TileStack b, float* c, int64_t cRow) {
  constexpr bool below = rowTiles > 1, beside = columnTiles > 1;
  float *right = c + kTileRows, *lower = c + kTileRows * cRow;
  const int64_t cBytes = cRow * sizeof(float), aBytes = a.row * sizeof(Bf16), bBytes = b.row * sizeof(Bf16);
  if constexpr (accumulate) {
    tiles.load<0>(c, cBytes);
    if constexpr (beside) tiles.load<1>(right, cBytes);
    if constexpr (below) tiles.load<2>(lower, cBytes);
    if constexpr (below && beside) tiles.load<3>(lower + kTileRows, cBytes);
  } else {
    tiles.clear<0>();
    if constexpr (beside) tiles.clear<1>();
    if constexpr (below) tiles.clear<2>();
    if constexpr (below && beside) tiles.clear<3>();
  }
  for (int64_t i = 0; i < steps; i++, a.data += a.step, b.data += b.step) {
    tiles.load<4>(a.data, aBytes);
    tiles.load<6>(b.data, bBytes);
    tiles.multiply<0, 4, 6>();
    if constexpr (beside) tiles.load<7>(b.data + b.tile, bBytes);
    if constexpr (beside) tiles.multiply<1, 4, 7>();
    if constexpr (below) tiles.load<5>(a.data + a.tile, aBytes);
    if constexpr (below) tiles.multiply<2, 5, 6>();
    if constexpr (below && beside) tiles.multiply<3, 5, 7>();
  }
  tiles.store<0>(c, cBytes);
  if constexpr (beside) tiles.store<1>(right, cBytes);
  if constexpr (below) tiles.store<2>(lower, cBytes);
  if constexpr (below && beside) tiles.store<3>(lower + kTileRows, cBytes);
}

// Calls work(row, column, rowTiles, columnTiles) for blocks of up to 2 x 2 tiles that together are a matrix; the
// numbers of tiles are integral constants. `rows` and `columns` are multiples of 16.
template <typename Work>
INLINE void forEachTileBlock(int64_t rows, int64_t columns, const Work& work) {
  const std::integral_constant<int, 1> one;
  const std::integral_constant<int, 2> two;
  for (int64_t column = 0; column < columns; column += 2 * kTileRows)
    for (int64_t row = 0; row < rows; row += 2 * kTileRows) {
      const bool below = row + kTileRows < rows, beside = column + kTileRows < columns;
      if (below && beside)
        work(row, column, two, two);
      else if (below)
        work(row, column, two, one);
      else if (beside)
        work(row, column, one, two);
      else
        work(row, column, one, one);
    }
}

}  // namespace carl
