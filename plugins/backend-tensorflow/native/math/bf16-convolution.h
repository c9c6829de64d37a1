// Convolutions whose products take numbers in bf16 and whose sums are floats, and their gradients. Arguments are those
// of strided-convolution.h; both numbers of channels are multiples of kTileRows.
#pragma once
#include "math/bf16-products.h"
#include "math/strided-convolution.h"

namespace carl {

// Computes y from x and the filter.
void bf16Convolve(Bf16Unit unit, const StridedShape& shape, const float* x, const float* filter, float* y);

// Computes dx, the gradient of x, from dy and the filter.
void bf16InputGradient(Bf16Unit unit, const StridedShape& shape, const float* dy, const float* filter, float* dx);

// Computes the gradient of the filter from x and dy.
void bf16FilterGradient(Bf16Unit unit, const StridedShape& shape, const float* x, const float* dy, float* dFilter);

// The same, of images that are normalised and rectified while they are read.
void bf16Convolve(Bf16Unit unit, const StridedShape& shape, const NormalizedPixels& x, const float* filter, float* y);
void bf16FilterGradient(Bf16Unit unit, const StridedShape& shape, const NormalizedPixels& x, const float* dy,
                        float* dFilter);

}  // namespace carl
