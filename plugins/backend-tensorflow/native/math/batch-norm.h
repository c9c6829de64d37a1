// Batch normalisation, alone or followed by a relu or by the addition of a shortcut and a relu, in two passes over
// memory forward and two backward.
#pragma once
#include <cstdint>

namespace carl {

// A matrix [rows, C] of pixels or features, with `channels` = C.
struct BatchNormShape {
  int64_t rows, channels;
};

struct BatchNormForward {
  // x is [rows, C]; scale and offset are [C]. shortcut is shaped as x, or null.
  const float *x, *scale, *offset, *shortcut;
  // y is shaped as x. mean and variance, of the batch and biased, are [C].
  float *y, *mean, *variance;
};

struct BatchNormBackward {
  // As above. y is read only with a shortcut.
  const float *dy, *x, *y, *scale, *offset, *mean, *variance;
  // Shaped as the tensors of their names. dShortcut is null without a shortcut.
  float *dx, *dScale, *dOffset, *dShortcut;
};

// Computes y = (x - mean) / sqrt(variance + epsilon) scale + offset, with `relu` the relu of it, and with a shortcut
// the relu of the sum.
void batchNorm(const BatchNormShape& shape, float epsilon, bool relu, const BatchNormForward& tensors);

// Computes the gradients of x, scale, offset and shortcut.
void batchNormGradient(const BatchNormShape& shape, float epsilon, bool relu, const BatchNormBackward& tensors);

}  // namespace carl
