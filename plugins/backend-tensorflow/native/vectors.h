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

}  // namespace carl
