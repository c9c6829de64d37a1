// Layer normalisation of rows, in one pass over memory forward and one backward.
#pragma once
#include <cstdint>

namespace carl {

// A matrix [rows, D] of rows to normalise, with `size` = D.
struct LayerNormShape {
  int64_t rows, size;
};

struct LayerNormForward {
  const float *x, *scale, *offset;
  // y is shaped as x. mean and inverse, the reciprocal of the deviation, are [rows].
  float *y, *mean, *inverse;
};

struct LayerNormBackward {
  const float *dy, *x, *scale, *mean, *inverse;
  // dx is shaped as x; dScale and dOffset are [D].
  float *dx, *dScale, *dOffset;
};

// Computes y = (x - mean) inverse scale + offset with inverse = 1 / sqrt(variance + epsilon), per row.
void layerNorm(const LayerNormShape& shape, float epsilon, const LayerNormForward& tensors);

// Computes the gradients of x, scale and offset.
void layerNormGradient(const LayerNormShape& shape, const LayerNormBackward& tensors);

}  // namespace carl
