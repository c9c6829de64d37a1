// Numbers of the type bfloat16: the upper half of the bits of a float, which leaves 8 bits of precision.
#pragma once
#include <cstdint>
#include "math/vectors.h"

namespace carl {

typedef uint16_t Bf16;
// Half a vector of numbers, and a vector of pairs, in which the first number of a pair is the lower half.
typedef Bf16 Bf16s __attribute__((vector_size(kVectorBytes / 2)));
typedef uint32_t Pairs __attribute__((vector_size(kVectorBytes)));

typedef Bf16 StoredBf16s __attribute__((vector_size(kVectorBytes / 2), aligned(2), may_alias));
typedef uint32_t StoredPairs __attribute__((vector_size(kVectorBytes), aligned(2), may_alias));
INLINE void store(Bf16* to, Bf16s values) { *reinterpret_cast<StoredBf16s*>(to) = values; }
INLINE Pairs loadPairs(const Bf16* from) { return *reinterpret_cast<const StoredPairs*>(from); }
INLINE void store(Bf16* to, Pairs values) { *reinterpret_cast<StoredPairs*>(to) = values; }

// Rounds to the nearest number in bf16, in a tie to the even one, and returns its bits in the upper halves; the lower
// halves are zero. NaN stays NaN.
INLINE Pairs roundedBits(Floats values) {
  const Pairs bits = reinterpret_cast<Pairs>(values);
  const Pairs rounded = bits + 0x7fff + (bits >> 16 & 1);
  return (values == values ? rounded : (bits | 0x400000)) & 0xffff0000;
}

// Whether code that takes or makes numbers in bf16 uses instructions for them (AVX512_BF16), which every processor with
// tiles has too. Otherwise they are emulated, so that the code can be tested on any processor.
#ifdef CARL_BF16
constexpr bool kHasBf16 = true;
#else
constexpr bool kHasBf16 = false;
#endif

// Rounds the values of a vector.
INLINE Bf16s toBf16(Floats values) {
#ifdef CARL_BF16
  Bf16s rounded;
  asm("vcvtneps2bf16 %1, %0" : "=v"(rounded) : "v"(values));
  return rounded;
#else
  return __builtin_convertvector(roundedBits(values) >> 16, Bf16s);
#endif
}

// Numbers in bf16 in memory are read as floats and written rounded, by the functions that read and write floats.
INLINE Floats load(const Bf16* from) {
  const Bf16s numbers = *reinterpret_cast<const StoredBf16s*>(from);
  return reinterpret_cast<Floats>(__builtin_convertvector(numbers, Pairs) << 16);
}
INLINE void store(Bf16* to, Floats values) { store(to, toBf16(values)); }

// The same for one number.
INLINE float number(float of) { return of; }
INLINE float number(Bf16 of) { return reinterpret_cast<Floats>(Pairs{} + (uint32_t{of} << 16))[0]; }
INLINE void put(float* to, float value) { *to = value; }
INLINE void put(Bf16* to, float value) { *to = static_cast<Bf16>(roundedBits(Floats{} + value)[0] >> 16); }

// Rounds the values of two vectors and pairs those of the same lane.
INLINE Pairs pairsOf(Floats first, Floats second) {
#ifdef CARL_BF16
  return __builtin_convertvector(toBf16(first), Pairs) | __builtin_convertvector(toBf16(second), Pairs) << 16;
#else
  return roundedBits(first) >> 16 | roundedBits(second);
#endif
}

// Returns a vector of copies of one pair.
INLINE Pairs onePair(const Bf16* from) {
  typedef uint32_t StoredPair __attribute__((aligned(2), may_alias));
  return Pairs{} + *reinterpret_cast<const StoredPair*>(from);
}

// Adds the products of both numbers of each pair to a vector of sums.
INLINE Floats addDotProducts(Floats sums, Pairs a, Pairs b) {
#ifdef CARL_BF16
  asm("vdpbf16ps %2, %1, %0" : "+v"(sums) : "v"(a), "v"(b));
  return sums;
#else
  const auto number = [](Pairs bits) INLINE_LAMBDA { return reinterpret_cast<Floats>(bits); };
  sums += number(a & 0xffff0000) * number(b & 0xffff0000);
  return sums + number(a << 16) * number(b << 16);
#endif
}

// Transposes a square matrix of vectors, by interleaving its upper half with its lower half until all lanes have become
// rows.
template <typename Vector>
INLINE void transpose(Vector rows[kLanes]) {
  Bits low, high;
  for (int lane = 0; lane < kLanes; lane++) {
    low[lane] = lane / 2 + lane % 2 * kLanes;
    high[lane] = low[lane] + kLanes / 2;
  }
  for (int64_t done = 1; done < kLanes; done *= 2) {
    Vector next[kLanes];
    for (int i = 0; i < kLanes / 2; i++) {
      next[2 * i] = __builtin_shuffle(rows[i], rows[i + kLanes / 2], low);
      next[2 * i + 1] = __builtin_shuffle(rows[i], rows[i + kLanes / 2], high);
    }
    for (int i = 0; i < kLanes; i++) rows[i] = next[i];
  }
}

// Rounds each of `count` values to the nearest number in bf16, on any processor.
void roundToBf16(int64_t count, const float* x, float* y);

}  // namespace carl
