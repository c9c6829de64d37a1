// Products of small matrices whose sums stay in registers.
#pragma once
#include "math/vectors.h"

namespace carl {

// Returns the width of a panel: the number of adjacent columns that a product computes at once. `columns` is a multiple
// of 16.
inline int64_t panelOf(int64_t columns) { return columns % 32 == 0 ? 32 : 16; }

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

// The largest blocks of a panel of 32 columns, and of one of 16, whose sums fit into the registers: 32 registers of 16
// floats with AVX-512, 16 registers of 8 floats with AVX2.
constexpr int kRows32 = kLanes == 16 ? 8 : 2, kRows16 = 2 * kRows32;

// A multiple of both block sizes, for either instruction set.
constexpr int64_t kRowGroup = 16;
inline int64_t roundUpRows(int64_t rows) { return (rows + kRowGroup - 1) / kRowGroup * kRowGroup; }

// Multiplies `rows` rows of a, a multiple of kRowGroup, by a panel of b. The block that begins at row r of a is at
// a(r); strides are those of multiplyBlock.
template <bool accumulate, typename A>
INLINE void multiplyByPanel(int64_t panel, int64_t rows, int64_t depth, const A& a, int64_t aRow, int64_t aStep,
                            const float* b, int64_t bStep, float* c, int64_t cRow) {
  if (panel == 32)
    for (int64_t r = 0; r < rows; r += kRows32)
      multiplyBlock<kRows32, 32 / kLanes, accumulate>(depth, a(r), aRow, aStep, b, bStep, c + r * cRow, cRow);
  else
    for (int64_t r = 0; r < rows; r += kRows16)
      multiplyBlock<kRows16, 16 / kLanes, accumulate>(depth, a(r), aRow, aStep, b, bStep, c + r * cRow, cRow);
}

}  // namespace carl
