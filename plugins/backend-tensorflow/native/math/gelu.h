// GELU, x times the normal distribution function of x, and its gradient.
#pragma once
#include <cstdint>

namespace carl {

// Computes y from x; both have `count` values.
void gelu(int64_t count, const float* x, float* y);

// Computes dx, the gradient of x, from dy and x.
void geluGradient(int64_t count, const float* dy, const float* x, float* dx);

}  // namespace carl
