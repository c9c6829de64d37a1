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

// Computes y from the pixels of x and the filter. X, Y, Dx and Dy are float or Bf16, here and below.
template <typename Pixels, typename Y>
void convolve(const ConvolutionShape& shape, const Pixels& x, const float* filter, Y* y);

// Computes dx, the gradient of x, from dy and the filter.
template <typename Dy, typename Dx>
void convolutionInputGradient(const ConvolutionShape& shape, const Dy* dy, const float* filter, Dx* dx);

// Computes the gradient of the filter from the pixels of x and dy.
template <typename Pixels, typename Dy>
void convolutionFilterGradient(const ConvolutionShape& shape, const Pixels& x, const Dy* dy, float* dFilter);

}  // namespace carl
