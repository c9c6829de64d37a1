#include "math/batch-norm.h"
#include <algorithm>
#include <cmath>
#include <vector>
#include "math/batch-norm-loops.h"
#include "math/folded-rows.h"

namespace carl {

std::vector<float> normalizationFactors(const float* scale, const float* variance, float epsilon, int64_t channels) {
  std::vector<float> all(channels);
  for (int64_t c = 0; c < channels; c++)
    all[c] = static_cast<float>(scale[c] / std::sqrt(double(variance[c]) + epsilon));
  return all;
}

// Sums are taken about the mean of the first rows, which avoids cancellation.
template <typename X>
void channelMoments(const BatchNormShape& shape, const X* x, float* mean, float* variance) {
  const FoldedRows at(shape.rows, shape.channels);
  const int64_t some = std::min<int64_t>(at.rows, kFloatRows);
  std::vector<float> shift(at.channels, 0.0f);
  for (int64_t row = 0; row < some; row++)
    for (int64_t c = 0; c < at.channels; c++) shift[c] += number(x[row * at.channels + c]) / some;
  const std::vector<float> shifts = at.repeat(shift.data());
  const ChannelSums sums = sumRows(at, [&](int64_t row, int64_t count, int64_t width, float* sum, float* square) {
    addSquares(x + row * at.channels, count, width, shifts.data(), sum, square);
  });
  for (int64_t c = 0; c < at.channels; c++) {
    const double d = sums.first[c] / at.rows;
    mean[c] = static_cast<float>(shift[c] + d);
    variance[c] = static_cast<float>(std::max(0.0, sums.second[c] / at.rows - d * d));
  }
}

template <typename X>
void batchNorm(const BatchNormShape& shape, float epsilon, bool relu, const BatchNormForward<X>& t) {
  channelMoments(shape, t.x, t.mean, t.variance);
  normalizeChannels<X>(shape, epsilon, relu, {t.x, t.scale, t.offset, t.shortcut, t.mean, t.variance}, t.y);
}

template <typename X>
void normalizeChannels(const BatchNormShape& shape, float epsilon, bool relu, const NormalizedInputs<X>& t, float* y) {
  const FoldedRows at(shape.rows, shape.channels);
  const std::vector<float> mean = at.repeat(t.mean), offset = at.repeat(t.offset);
  const std::vector<float> factor =
      at.repeat(normalizationFactors(t.scale, t.variance, epsilon, shape.channels).data());
  forEachMatrix(at, [&](int64_t row, int64_t count, int64_t width) {
    const int64_t start = row * shape.channels;
    normalizeRows({count, width, mean.data(), factor.data(), offset.data()}, t.x + start,
                  t.shortcut ? t.shortcut + start : nullptr, relu, y + start);
  });
}

namespace {

// Sums of g and of g (x - mean) for each channel, where g is the gradient of the normalised values. Writes the gradient
// of the shortcut, if there is one.
template <typename X, typename Dy>
ChannelSums gradientSums(const BatchNormShape& shape, bool relu, const std::vector<float>& factor,
                         const BatchNormBackward<X, Dy>& t) {
  const FoldedRows at(shape.rows, shape.channels);
  const std::vector<float> mean = at.repeat(t.mean), offset = at.repeat(t.offset), factors = at.repeat(factor.data());
  return sumRows(at, [&](int64_t row, int64_t count, int64_t width, float* sum, float* along) {
    const int64_t start = row * shape.channels;
    addGradients({count, width, mean.data(), factors.data(), offset.data()}, t.dy + start, t.x + start,
                 t.dShortcut ? t.y + start : nullptr, relu && !t.dShortcut, sum, along,
                 t.dShortcut ? t.dShortcut + start : nullptr);
  });
}

double inverseDeviation(float variance, float epsilon) { return 1 / std::sqrt(double(variance) + epsilon); }

template <typename X, typename Dy>
void setScaleAndOffset(const BatchNormShape& shape, float epsilon, const ChannelSums& sums,
                       const BatchNormBackward<X, Dy>& t) {
  for (int64_t c = 0; c < shape.channels; c++) {
    t.dOffset[c] = static_cast<float>(sums.first[c]);
    t.dScale[c] = static_cast<float>(sums.second[c] * inverseDeviation(t.variance[c], epsilon));
  }
}

// The values of each channel that the gradient of the input consists of, besides those of all rows.
struct InputFactors {
  const float *mean, *offset;
  const std::vector<float>&factor, &average, &slope;
};

template <typename X, typename G>
void differentiateInput(const BatchNormShape& shape, bool relu, const InputFactors& by, const G* g, const X* x, X* dx) {
  const FoldedRows at(shape.rows, shape.channels);
  const std::vector<float> mean = at.repeat(by.mean), offset = at.repeat(by.offset),
                           factor = at.repeat(by.factor.data());
  const std::vector<float> averages = at.repeat(by.average.data()), slopes = at.repeat(by.slope.data());
  forEachMatrix(at, [&](int64_t row, int64_t count, int64_t width) {
    const int64_t start = row * shape.channels;
    inputGradient({count, width, mean.data(), factor.data(), offset.data()}, g + start, x + start, averages.data(),
                  slopes.data(), relu, dx + start);
  });
}

}  // namespace

template <typename X, typename Dy>
void batchNormGradient(const BatchNormShape& shape, float epsilon, bool relu, const BatchNormBackward<X, Dy>& t) {
  const int64_t channels = shape.channels;
  const std::vector<float> factor = normalizationFactors(t.scale, t.variance, epsilon, channels);
  const ChannelSums sums = gradientSums(shape, relu, factor, t);
  setScaleAndOffset(shape, epsilon, sums, t);
  std::vector<float> average(channels), slope(channels);
  for (int64_t c = 0; c < channels; c++) {
    const double inverse = inverseDeviation(t.variance[c], epsilon);
    average[c] = static_cast<float>(sums.first[c] / shape.rows);
    slope[c] = static_cast<float>(factor[c] * inverse * inverse * sums.second[c] / shape.rows);
  }
  const InputFactors by{t.mean, t.offset, factor, average, slope};
  if (t.dShortcut)
    differentiateInput(shape, false, by, t.dShortcut, t.x, t.dx);
  else
    differentiateInput(shape, relu, by, t.dy, t.x, t.dx);
}

template <typename X, typename Dy>
void batchNormSums(const BatchNormShape& shape, float epsilon, bool relu, const BatchNormBackward<X, Dy>& t) {
  const std::vector<float> factor = normalizationFactors(t.scale, t.variance, epsilon, shape.channels);
  setScaleAndOffset(shape, epsilon, gradientSums(shape, relu, factor, t), t);
}

template <typename X, typename G>
void batchNormInputGradient(const BatchNormShape& shape, float epsilon, bool relu, const InputGradient<X, G>& t) {
  const int64_t channels = shape.channels;
  const std::vector<float> factor = normalizationFactors(t.scale, t.variance, epsilon, channels);
  const std::vector<float> average(t.dOffset, t.dOffset + channels);
  std::vector<float> slope(channels);
  for (int64_t c = 0; c < channels; c++)
    slope[c] = static_cast<float>(factor[c] * inverseDeviation(t.variance[c], epsilon) * t.dScale[c]);
  differentiateInput(shape, relu, {t.mean, t.offset, factor, average, slope}, t.g, t.x, t.dx);
}

#define INSTANTIATE_GRADIENTS(X, Dy)                                                                    \
  template void batchNormGradient(const BatchNormShape&, float, bool, const BatchNormBackward<X, Dy>&); \
  template void batchNormSums(const BatchNormShape&, float, bool, const BatchNormBackward<X, Dy>&);     \
  template void batchNormInputGradient(const BatchNormShape&, float, bool, const InputGradient<X, Dy>&);
#define INSTANTIATE(X)                                                                                     \
  template void channelMoments(const BatchNormShape&, const X*, float*, float*);                           \
  template void batchNorm(const BatchNormShape&, float, bool, const BatchNormForward<X>&);                 \
  template void normalizeChannels(const BatchNormShape&, float, bool, const NormalizedInputs<X>&, float*); \
  INSTANTIATE_GRADIENTS(X, float)                                                                          \
  INSTANTIATE_GRADIENTS(X, Bf16)
INSTANTIATE(float)
INSTANTIATE(Bf16)

}  // namespace carl
