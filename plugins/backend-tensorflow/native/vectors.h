// Vectors of numbers, in the compiler's own notation for them.
#pragma once
#include <cstdint>

// One function, compiled for each generation of vector instructions; the loader takes the best that the processor has.
#define VECTORIZED __attribute__((target_clones("avx512f", "avx2", "default")))

// For what is to become part of a function that is compiled for certain processors.
#define INLINE inline __attribute__((always_inline))
#define INLINE_LAMBDA __attribute__((always_inline))

namespace carl {

// Numbers that are computed at once, whatever the processor's vectors hold.
typedef float Floats __attribute__((vector_size(64)));
typedef int32_t Bits __attribute__((vector_size(64)));
constexpr int64_t kLanes = 16;

// In memory they need no alignment.
typedef float Stored __attribute__((vector_size(64), aligned(4), may_alias));
INLINE Floats load(const float* from) { return *reinterpret_cast<const Stored*>(from); }
INLINE void store(float* to, Floats values) { *reinterpret_cast<Stored*>(to) = values; }

// The sum of all numbers of a vector.
template <typename Sum>
INLINE Sum sumOf(Floats values) {
  Sum sum = 0;
  for (int lane = 0; lane < kLanes; lane++) sum += values[lane];
  return sum;
}

// Calls all(i) with the vectors of so many columns, and one(i) with each that is left over.
template <typename All, typename One>
INLINE void columns(int64_t width, const All& all, const One& one) {
  int64_t i = 0;
  for (; i + kLanes <= width; i += kLanes) all(i);
  for (; i < width; i++) one(i);
}

}  // namespace carl
