// The exponential and the normal distribution for vectors of floats, accurate to a few units in the last place.
#pragma once
#include "math/vectors.h"

namespace carl {

// Computes e^x as 2^n e^r with |r| <= ln(2) / 2, and e^r by its Taylor series. The argument is limited to
// [-87.3, 88.3], where the result is a normal float. NaN stays NaN.
INLINE Floats exponential(Floats x) {
  constexpr float greatest = 88.3f, least = -87.3f, inverseLn2 = 1.44269504f, shift = 12582912.0f;
  // ln 2 as a sum of two floats. The first has so few digits that its product with n is exact.
  constexpr float ln2High = 0.693359375f, ln2Low = -2.12194440e-4f;
  x = x > greatest ? Floats{} + greatest : x;
  x = x < least ? Floats{} + least : x;
  // Adding 1.5 * 2^23 rounds to an integer and leaves the integer in the low bits.
  const Floats shifted = x * inverseLn2 + shift;
  const Floats n = shifted - shift, r = (x - n * ln2High) - n * ln2Low;
  Floats series = Floats{} + 1 / 5040.0f;
  for (float term : {1 / 720.0f, 1 / 120.0f, 1 / 24.0f, 1 / 6.0f, 1 / 2.0f, 1.0f, 1.0f}) series = series * r + term;
  const Bits power = (reinterpret_cast<Bits>(shifted) - 0x4b400000 + 127) << 23;
  return series * reinterpret_cast<Floats>(power);
}

// The normal distribution function at x, and e^(-x^2 / 2).
struct Normal {
  Floats below, bell;
};

// Uses 1 - erf(z) = e^(-z^2) f(z) for z >= 0, where f is a polynomial in 1 / (1 + 0.4 z) fitted to a relative error of
// 1.5e-7.
INLINE Normal normal(Floats x) {
  constexpr float coefficients[] = {-0.155960584f, 0.114253984f, 0.0557418377f, 0.100331338f,
                                    0.185350623f,  0.203761658f, 0.226205628f,  0.225646747f};
  const Floats bell = exponential(x * x * -0.5f), size = x < 0 ? -x : x;
  const Floats t = 1 / (1 + size * (0.4f * 0.707106781f));
  Floats sum = Floats{} + 0.044668922f;
  for (float coefficient : coefficients) sum = sum * t + coefficient;
  const Floats tail = sum * t * bell * 0.5f;
  return {x > 0 ? 1 - tail : tail, bell};
}

}  // namespace carl
