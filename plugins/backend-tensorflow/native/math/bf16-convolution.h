// Convolutions whose products take numbers in bf16 and whose sums are floats, and their gradients. Arguments are those
// of strided-convolution.h; both numbers of channels are multiples of kTileRows.
#pragma once
#include "math/bf16-products.h"
#include "math/strided-convolution.h"

namespace carl {

// Computes y from the pixels of x and the filter. X, Y, Dx and Dy are float or Bf16, here and below.
template <typename Pixels, typename Y>
void bf16Convolve(Bf16Unit unit, const StridedShape& shape, const Pixels& x, const float* filter, Y* y);

// Computes dx, the gradient of x, from dy and the filter.
template <typename Dy, typename Dx>
void bf16InputGradient(Bf16Unit unit, const StridedShape& shape, const Dy* dy, const float* filter, Dx* dx);

// Computes the gradient of the filter from the pixels of x and dy.
template <typename Pixels, typename Dy>
void bf16FilterGradient(Bf16Unit unit, const StridedShape& shape, const Pixels& x, const Dy* dy, float* dFilter);

}  // namespace carl
