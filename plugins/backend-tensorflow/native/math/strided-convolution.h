// Convolutions of any kernel size, stride and zero padding, and their gradients. Arrays are dense and row-major. Both
// numbers of channels are multiples of kLanes, and no kernel exceeds its padded image.
#pragma once
#include <cstdint>
#include "math/pixels.h"

namespace carl {

// A convolution of x [B, H, W, C] with a filter [kh, kw, C, D] to y [B, h, w, D].
struct StridedShape {
  int64_t images, height, width, inputs, kernelHeight, kernelWidth, outputs, stride, padding;

  int64_t outputHeight() const { return (height + 2 * padding - kernelHeight) / stride + 1; }
  int64_t outputWidth() const { return (width + 2 * padding - kernelWidth) / stride + 1; }
};

// Computes y from the pixels of x and the filter.
template <typename Pixels>
void stridedConvolve(const StridedShape& shape, const Pixels& x, const float* filter, float* y);

// Computes dx, the gradient of x, from dy and the filter.
void stridedInputGradient(const StridedShape& shape, const float* dy, const float* filter, float* dx);

// Computes the gradient of the filter from the pixels of x and dy.
template <typename Pixels>
void stridedFilterGradient(const StridedShape& shape, const Pixels& x, const float* dy, float* dFilter);

}  // namespace carl
