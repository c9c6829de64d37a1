// The dependence of a strided convolution and of its gradient on their source images.
#pragma once
#include "math/gather.h"
#include "math/strided-convolution.h"

namespace carl {

// Returns the dependence of the outputs on the images.
inline Gather gatherOfOutputs(const StridedShape& shape) {
  const Images images = {shape.images, shape.height, shape.width, shape.inputs};
  Gather at = {images, shape.outputHeight(), shape.outputWidth(), shape.stride, {}};
  for (int64_t row = 0; row < shape.kernelHeight; row++)
    for (int64_t column = 0; column < shape.kernelWidth; column++)
      at.taps.push_back({row - shape.padding, column - shape.padding, row * shape.kernelWidth + column});
  return at;
}

// Returns the dependence of the gradient of the images on that of the outputs, for the pixels whose row and column
// leave the remainders `top` and `left` modulo the stride: these have the same taps.
inline Gather gatherOfPixels(const StridedShape& shape, int64_t top, int64_t left) {
  const int64_t stride = shape.stride;
  const auto count = [&](int64_t length, int64_t first) { return (length - first + stride - 1) / stride; };
  const Images dy = {shape.images, shape.outputHeight(), shape.outputWidth(), shape.outputs};
  Gather at = {dy, count(shape.height, top), count(shape.width, left), 1, {}};
  for (int64_t row = 0; row < shape.kernelHeight; row++)
    for (int64_t column = 0; column < shape.kernelWidth; column++) {
      const int64_t y = top + shape.padding - row, x = left + shape.padding - column;
      if (y % stride == 0 && x % stride == 0)
        at.taps.push_back({y / stride, x / stride, row * shape.kernelWidth + column});
    }
  return at;
}

// Calls work(at, scatter) for each group of pixels that have the same taps.
template <typename Work>
void forEachRemainder(const StridedShape& shape, const Work& work) {
  for (int64_t top = 0; top < (shape.stride < shape.height ? shape.stride : shape.height); top++)
    for (int64_t left = 0; left < (shape.stride < shape.width ? shape.stride : shape.width); left++)
      work(gatherOfPixels(shape, top, left), Scatter{shape.height, shape.width, shape.inputs, shape.stride, top, left});
}

}  // namespace carl
