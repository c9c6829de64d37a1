// Products of matrices of numbers in bf16 whose sums are floats, either on the tiles of a core or from dot products of
// pairs.
#pragma once
#include <optional>

#include "math/tiles.h"

namespace carl {

// What multiplies numbers in bf16: the instructions for vectors (AVX512_BF16) or the tiles (AMX) of the processor.
enum class Bf16Unit { vectors, tiles };

// Computes c = a b, or c += a b, as multiplyTiles does, from dot products of pairs.
template <int rowTiles, int columnTiles, bool accumulate>
INLINE void multiplyVectors(int64_t steps, TileStack a, TileStack b, float* c, int64_t cRow) {
  // Rows whose sums stay in registers.
  constexpr int rows = 8, vectors = columnTiles * kTileRows / kLanes;
  for (int64_t row = 0; row < rowTiles * kTileRows; row += rows) {
    const Bf16* left = a.data + row / kTileRows * a.tile + row % kTileRows * a.row;
    float* out = c + row * cRow;
    Floats sums[rows][vectors];
    for (int i = 0; i < rows; i++)
      for (int j = 0; j < vectors; j++) sums[i][j] = accumulate ? load(out + i * cRow + j * kLanes) : Floats{};
    const Bf16* right = b.data;
    for (int64_t step = 0; step < steps; step++, left += a.step, right += b.step)
      for (int pair = 0; pair < kTileDepth / 2; pair++) {
        Pairs columns[vectors];
        for (int j = 0; j < vectors; j++) {
          const int64_t column = j * kLanes;
          columns[j] = loadPairs(right + column / kTileRows * b.tile + pair * b.row + 2 * (column % kTileRows));
        }
        for (int i = 0; i < rows; i++) {
          const Pairs value = onePair(left + i * a.row + 2 * pair);
          for (int j = 0; j < vectors; j++) sums[i][j] = addDotProducts(sums[i][j], value, columns[j]);
        }
      }
    for (int i = 0; i < rows; i++)
      for (int j = 0; j < vectors; j++) store(out + i * cRow + j * kLanes, sums[i][j]);
  }
}

// The unit with which the calling thread multiplies while an object of this class exists.
class Bf16Products {
 public:
  explicit Bf16Products(Bf16Unit unit) {
    if (unit == Bf16Unit::tiles) tiles_.emplace();
  }

  // Computes c = a b, or c += a b; arguments are those of multiplyTiles.
  template <int rowTiles, int columnTiles, bool accumulate>
  INLINE void multiply(int64_t steps, const TileStack& a, const TileStack& b, float* c, int64_t cRow) {
    if (tiles_)
      multiplyTiles<rowTiles, columnTiles, accumulate>(*tiles_, steps, a, b, c, cRow);
    else
      multiplyVectors<rowTiles, columnTiles, accumulate>(steps, a, b, c, cRow);
  }

 private:
  std::optional<Tiles> tiles_;
};

}  // namespace carl
