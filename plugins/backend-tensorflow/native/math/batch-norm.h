// Batch normalisation, alone or followed by a relu or by the addition of a shortcut and a relu, in two passes over
// memory forward and two backward.
#pragma once
#include <cstdint>
#include <vector>

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

// Returns scale / sqrt(variance + epsilon) for each channel.
std::vector<float> normalizationFactors(const float* scale, const float* variance, float epsilon, int64_t channels);

// The stages of the same computation, for workers that exchange statistics in between.

// Computes the mean and the biased variance of each channel of x.
void channelMoments(const BatchNormShape& shape, const float* x, float* mean, float* variance);

struct NormalizedInputs {
  // As in BatchNormForward, with a given mean and variance.
  const float *x, *scale, *offset, *shortcut, *mean, *variance;
};

// Computes y as batchNorm does.
void normalizeChannels(const BatchNormShape& shape, float epsilon, bool relu, const NormalizedInputs& inputs, float* y);

struct GradientSums {
  const float *dy, *x, *y, *mean;
  // [C]: the sums of g and of g (x - mean), where g is dy, with `relu` where y is positive. Writes g unless it is null.
  float *sum, *along, *g;
};

void sumGradients(const BatchNormShape& shape, bool relu, const GradientSums& tensors);

struct InputGradient {
  // `average` and `along` are the means of g and of g (x - mean) over the batch of all workers.
  const float *g, *x, *scale, *mean, *variance, *average, *along;
  float* dx;
};

void normalizedInputGradient(const BatchNormShape& shape, float epsilon, const InputGradient& tensors);

}  // namespace carl
