// Products of small matrices whose sums stay in registers, and the choice of how many rows do.
#pragma once
#include "processor.h"
#include "vectors.h"

namespace carl {

// Columns of a matrix that lie together, a panel: those that a product takes at once.
inline int64_t panelOf(int64_t columns) { return columns % 32 == 0 ? 32 : 16; }

// c (+)= a b for MR rows and NR vectors of columns; a has its rows `aRow` apart and its columns `aStep`, b its rows
// `bStep`.
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

// Rows whose sums fit into registers, for panels of 32 and of 16 columns.
template <int wide, int narrow>
struct Registers {
  // The product of `rows` rows of a, a multiple of kGroup, of which some begin at a(r), and a panel of b.
  template <bool accumulate, typename A>
  static INLINE void panel(int64_t panel, int64_t rows, int64_t depth, const A& a, int64_t aRow, int64_t aStep,
                           const float* b, int64_t bStep, float* c, int64_t cRow) {
    if (panel == 32)
      for (int64_t r = 0; r < rows; r += wide)
        product<wide, 2, accumulate>(depth, a(r), aRow, aStep, b, bStep, c + r * cRow, cRow);
    else
      for (int64_t r = 0; r < rows; r += narrow)
        product<narrow, 1, accumulate>(depth, a(r), aRow, aStep, b, bStep, c + r * cRow, cRow);
  }
};

// Every number of rows above divides this one.
constexpr int64_t kGroup = 16;
inline int64_t groupsOf(int64_t rows) { return (rows + kGroup - 1) / kGroup * kGroup; }

// Calls work(registers), compiled for processors with 32 registers of 16 numbers or with 16 of 8. All it calls has to
// be INLINE.
template <typename Work>
__attribute__((target("avx512f,fma"))) void withVectors512(const Work& work) {
  work(Registers<8, 16>{});
}
template <typename Work>
__attribute__((target("avx2,fma"))) void withVectors256(const Work& work) {
  work(Registers<2, 4>{});
}
template <typename Work>
void withVectors(const Work& work) {
  vectors() == Vectors::avx512 ? withVectors512(work) : withVectors256(work);
}

}  // namespace carl
