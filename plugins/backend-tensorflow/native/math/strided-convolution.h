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

// Computes y from x and the filter.
void stridedConvolve(const StridedShape& shape, const float* x, const float* filter, float* y);

// Computes dx, the gradient of x, from dy and the filter.
void stridedInputGradient(const StridedShape& shape, const float* dy, const float* filter, float* dx);

// Computes the gradient of the filter from x and dy.
void stridedFilterGradient(const StridedShape& shape, const float* x, const float* dy, float* dFilter);

// The same, of images that are normalised and rectified while they are read.
void stridedConvolve(const StridedShape& shape, const NormalizedPixels& x, const float* filter, float* y);
void stridedFilterGradient(const StridedShape& shape, const NormalizedPixels& x, const float* dy, float* dFilter);

}  // namespace carl
