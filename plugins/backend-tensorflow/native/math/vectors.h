// Portable vectors of 16 floats, in the compiler's vector extension.
#pragma once
#include <cstdint>

// Compiles a function for AVX-512, for AVX2 and for the baseline; the dynamic loader picks the best version that the
// processor supports.
#define VECTORIZED __attribute__((target_clones("avx512f", "avx2", "default")))

// Forces inlining, so that the code is compiled for the instruction set of its caller.
#define INLINE inline __attribute__((always_inline))
#define INLINE_LAMBDA __attribute__((always_inline))

namespace carl {

// One vector. The compiler splits it into as many registers as the instruction set needs.
typedef float Floats __attribute__((vector_size(64)));
typedef int32_t Bits __attribute__((vector_size(64)));
constexpr int64_t kLanes = 16;

// A vector in memory, which needs no alignment beyond that of a float.
typedef float Stored __attribute__((vector_size(64), aligned(4), may_alias));
INLINE Floats load(const float* from) { return *reinterpret_cast<const Stored*>(from); }
INLINE void store(float* to, Floats values) { *reinterpret_cast<Stored*>(to) = values; }

// Sums the lanes of a vector, in their order.
template <typename Sum>
INLINE Sum sumOf(Floats values) {
  Sum sum = 0;
  for (int lane = 0; lane < kLanes; lane++) sum += values[lane];
  return sum;
}

// Calls vector(i) for each full vector of columns, and scalar(i) for each of the remaining columns.
template <typename Vector, typename Scalar>
INLINE void forEachColumn(int64_t width, const Vector& vector, const Scalar& scalar) {
  int64_t i = 0;
  for (; i + kLanes <= width; i += kLanes) vector(i);
  for (; i < width; i++) scalar(i);
}

}  // namespace carl
