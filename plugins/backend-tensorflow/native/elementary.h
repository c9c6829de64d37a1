// Exponentials and the normal distribution, for vectors of numbers; errors are some units of the last digit.
#pragma once
#include "vectors.h"

namespace carl {

// e^x as 2^n e^r, |r| at most half of ln 2, e^r by its Taylor series. What is no number stays none.
INLINE Floats exponential(Floats x) {
  constexpr float most = 88.3f, least = -87.3f, perTwofold = 1.44269504f, shift = 12582912.0f;
  // ln 2 in two parts, the first of so few digits that n times it is exact.
  constexpr float twofold = 0.693359375f, rest = -2.12194440e-4f;
  x = x > most ? Floats{} + most : x;
  x = x < least ? Floats{} + least : x;
  // Adding the shift rounds to a whole number, which is then in the last bits.
  const Floats shifted = x * perTwofold + shift;
  const Floats n = shifted - shift, r = (x - n * twofold) - n * rest;
  Floats series = Floats{} + 1 / 5040.0f;
  for (float term : {1 / 720.0f, 1 / 120.0f, 1 / 24.0f, 1 / 6.0f, 1 / 2.0f, 1.0f, 1.0f}) series = series * r + term;
  const Bits power = (reinterpret_cast<Bits>(shifted) - 0x4b400000 + 127) << 23;
  return series * reinterpret_cast<Floats>(power);
}

// The normal distribution function at x, and e^(-x^2 / 2).
struct Normal {
  Floats below, bell;
};

// 1 - erf(z) = e^(-z^2) f(z) for z >= 0, and f a polynomial of 1 / (1 + 0.4 z), fitted for a relative error of 1.5e-7.
INLINE Normal normal(Floats x) {
  constexpr float fitted[] = {-0.155960584f, 0.114253984f, 0.0557418377f, 0.100331338f,
                              0.185350623f,  0.203761658f, 0.226205628f,  0.225646747f};
  const Floats bell = exponential(x * x * -0.5f), size = x < 0 ? -x : x;
  const Floats t = 1 / (1 + size * (0.4f * 0.707106781f));
  Floats sum = Floats{} + 0.044668922f;
  for (float term : fitted) sum = sum * t + term;
  const Floats tail = sum * t * bell * 0.5f;
  return {x > 0 ? 1 - tail : tail, bell};
}

}  // namespace carl
