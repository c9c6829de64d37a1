// Vectors that fill one register, in the compiler's vector extension. All code is compiled once for each instruction
// set: a vector that is larger than a register would be kept in memory.
#pragma once
#include <cstdint>

#define INLINE inline __attribute__((always_inline))
#define INLINE_LAMBDA __attribute__((always_inline))
// Keeps a large function in one place, which callers for several types of numbers share.
#define SHARED __attribute__((noinline))

namespace carl {

#ifdef __AVX512F__
constexpr int kVectorBytes = 64;
#else
constexpr int kVectorBytes = 32;
#endif

typedef float Floats __attribute__((vector_size(kVectorBytes)));
typedef int32_t Bits __attribute__((vector_size(kVectorBytes)));
// Number of floats in a vector, 8 or 16.
constexpr int64_t kLanes = kVectorBytes / sizeof(float);

// A vector in memory, which needs no alignment beyond that of a float.
typedef float Stored __attribute__((vector_size(kVectorBytes), aligned(4), may_alias));
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
