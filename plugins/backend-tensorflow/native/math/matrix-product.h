// Products of small matrices whose sums stay in registers.
#pragma once
#include "math/vectors.h"

namespace carl {

// Returns the width of a panel: the number of adjacent columns that a product computes at once, in one or two vectors.
// `columns` is a multiple of kLanes.
inline int64_t panelOf(int64_t columns) { return columns % (2 * kLanes) == 0 ? 2 * kLanes : kLanes; }

// Computes c = a b, or c += a b, for MR rows of c and NR vectors of columns. Rows of a are `aRow` floats apart and its
// columns `aStep`; rows of b are `bStep` apart, rows of c `cRow`.
template <int MR, int NR, bool accumulate>
INLINE void multiplyBlock(int64_t depth, const float* a, int64_t aRow, int64_t aStep, const float* b, int64_t bStep,
                          float* c, int64_t cRow) {
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

// Rows of a block for a panel of two vectors. Sums fill most registers: of 32 with AVX-512, of 16 with AVX2, where six rows
// need the fewest loads. Where the rows of a are adjacent, a block stays within kLanes of them, as the transposed layouts of
// gradients need.
constexpr int kBlockRows = kLanes == 16 ? 8 : 6, kAdjacentRows = kLanes == 16 ? 8 : 4;

// A multiple of which products have rows, for either instruction set.
constexpr int64_t kRowGroup = 16;
inline int64_t roundUpRows(int64_t rows) { return (rows + kRowGroup - 1) / kRowGroup * kRowGroup; }

// Multiplies rows of a from `row` on in blocks of MR rows, as long as they fit. Returns the first row that is left.
template <int MR, int NR, bool accumulate, typename A>
INLINE int64_t multiplyRows(int64_t row, int64_t rows, int64_t depth, const A& a, int64_t aRow, int64_t aStep,
                            const float* b, int64_t bStep, float* c, int64_t cRow) {
  for (; row + MR <= rows; row += MR)
    multiplyBlock<MR, NR, accumulate>(depth, a(row), aRow, aStep, b, bStep, c + row * cRow, cRow);
  return row;
}

// Multiplies `rows` rows of a, a multiple of kLanes, by a panel of b. The block that begins at row r of a is at a(r);
// strides are those of multiplyBlock.
template <bool accumulate, typename A>
INLINE void multiplyByPanel(int64_t panel, int64_t rows, int64_t depth, const A& a, int64_t aRow, int64_t aStep,
                            const float* b, int64_t bStep, float* c, int64_t cRow) {
  if (panel == kLanes) {
    multiplyRows<kLanes, 1, accumulate>(0, rows, depth, a, aRow, aStep, b, bStep, c, cRow);
  } else if (aRow == 1) {
    multiplyRows<kAdjacentRows, 2, accumulate>(0, rows, depth, a, aRow, aStep, b, bStep, c, cRow);
  } else {
    const int64_t left = multiplyRows<kBlockRows, 2, accumulate>(0, rows, depth, a, aRow, aStep, b, bStep, c, cRow);
    multiplyRows<2, 2, accumulate>(left, rows, depth, a, aRow, aStep, b, bStep, c, cRow);
  }
}

}  // namespace carl
