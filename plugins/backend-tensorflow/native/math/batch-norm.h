// Batch normalisation, alone or followed by a relu or by the addition of a shortcut and a relu, in two passes over
// memory forward and two backward.
#pragma once
#include <cstdint>
#include <vector>
#include "math/bf16.h"

namespace carl {

// A matrix [rows, C] of pixels or features, with `channels` = C.
struct BatchNormShape {
  int64_t rows, channels;
};

// X and Dy are float or Bf16, here and below.
template <typename X>
struct BatchNormForward {
  // x is [rows, C]; scale and offset are [C]. shortcut is shaped as x, or null.
  const X* x;
  const float *scale, *offset, *shortcut;
  // y is shaped as x. mean and variance, of the batch and biased, are [C].
  float *y, *mean, *variance;
};

template <typename X, typename Dy>
struct BatchNormBackward {
  // As above. y is read only with a shortcut.
  const Dy* dy;
  const X* x;
  const float *y, *scale, *offset, *mean, *variance;
  // Shaped as the tensors of their names. dShortcut is null without a shortcut.
  X* dx;
  float *dScale, *dOffset, *dShortcut;
};

// Computes y = (x - mean) / sqrt(variance + epsilon) scale + offset, with `relu` the relu of it, and with a shortcut
// the relu of the sum.
template <typename X>
void batchNorm(const BatchNormShape& shape, float epsilon, bool relu, const BatchNormForward<X>& tensors);

// Computes the gradients of x, scale, offset and shortcut.
template <typename X, typename Dy>
void batchNormGradient(const BatchNormShape& shape, float epsilon, bool relu, const BatchNormBackward<X, Dy>& tensors);

// Returns scale / sqrt(variance + epsilon) for each channel.
std::vector<float> normalizationFactors(const float* scale, const float* variance, float epsilon, int64_t channels);

// The stages of the same computation, for workers that exchange statistics in between.

// Computes the mean and the biased variance of each channel of x.
template <typename X>
void channelMoments(const BatchNormShape& shape, const X* x, float* mean, float* variance);

template <typename X>
struct NormalizedInputs {
  // As in BatchNormForward, with a given mean and variance.
  const X* x;
  const float *scale, *offset, *shortcut, *mean, *variance;
};

// Computes y as batchNorm does.
template <typename X>
void normalizeChannels(const BatchNormShape& shape, float epsilon, bool relu, const NormalizedInputs<X>& inputs,
                       float* y);

// Computes the sums over the rows of this worker that the gradients of scale and offset are, and that of the shortcut;
// neither reads nor writes dx.
template <typename X, typename Dy>
void batchNormSums(const BatchNormShape& shape, float epsilon, bool relu, const BatchNormBackward<X, Dy>& tensors);

template <typename X, typename G>
struct InputGradient {
  // g is the gradient of the normalised values, or with `relu` that of the relu of them. dScale and dOffset are the
  // gradients over the batch of all workers, divided by its number of rows.
  const G* g;
  const X* x;
  const float *scale, *offset, *mean, *variance, *dOffset, *dScale;
  X* dx;
};

template <typename X, typename G>
void batchNormInputGradient(const BatchNormShape& shape, float epsilon, bool relu, const InputGradient<X, G>& tensors);

}  // namespace carl
