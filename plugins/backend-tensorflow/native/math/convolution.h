// 3x3 convolutions of stride 1 with one pixel of zero padding, and their gradients, by minimal filtering (Winograd).
// Arrays are dense and row-major. Both numbers of channels are multiples of kLanes.
#pragma once
#include <cstdint>
#include "math/pixels.h"

namespace carl {

// A convolution of x [B, H, W, C] with a filter [3, 3, C, D] to y [B, H, W, D].
struct ConvolutionShape {
  int64_t images, height, width, inputs, outputs;
};

// Computes y from x and the filter.
void convolve(const ConvolutionShape& shape, const float* x, const float* filter, float* y);

// Computes dx, the gradient of x, from dy and the filter.
void convolutionInputGradient(const ConvolutionShape& shape, const float* dy, const float* filter, float* dx);

// Computes the gradient of the filter from x and dy.
void convolutionFilterGradient(const ConvolutionShape& shape, const float* x, const float* dy, float* dFilter);

// The same, of images that are normalised and rectified while they are read.
void convolve(const ConvolutionShape& shape, const NormalizedPixels& x, const float* filter, float* y);
void convolutionFilterGradient(const ConvolutionShape& shape, const NormalizedPixels& x, const float* dy,
                               float* dFilter);

}  // namespace carl
