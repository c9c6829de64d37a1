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

template <typename X, typename Dy>
void batchNormGradient(const BatchNormShape& shape, float epsilon, bool relu, const BatchNormBackward<X, Dy>& t) {
  const int64_t channels = shape.channels;
  const FoldedRows at(shape.rows, channels);
  const bool masked = relu && !t.dShortcut;
  const std::vector<float> mean = at.repeat(t.mean), offset = at.repeat(t.offset);
  const std::vector<float> factor = normalizationFactors(t.scale, t.variance, epsilon, channels);
  const std::vector<float> repeated = at.repeat(factor.data());
  const ChannelSums sums = sumRows(at, [&](int64_t row, int64_t count, int64_t width, float* sum, float* along) {
    const int64_t start = row * channels;
    addGradients({count, width, mean.data(), repeated.data(), offset.data()}, t.dy + start, t.x + start,
                 t.dShortcut ? t.y + start : nullptr, masked, sum, along, t.dShortcut ? t.dShortcut + start : nullptr);
  });
  std::vector<float> average(channels), slope(channels);
  for (int64_t c = 0; c < channels; c++) {
    const double inverse = 1 / std::sqrt(double(t.variance[c]) + epsilon);
    t.dOffset[c] = static_cast<float>(sums.first[c]);
    t.dScale[c] = static_cast<float>(sums.second[c] * inverse);
    average[c] = static_cast<float>(sums.first[c] / at.rows);
    slope[c] = static_cast<float>(factor[c] * inverse * inverse * sums.second[c] / at.rows);
  }
  const std::vector<float> averages = at.repeat(average.data()), slopes = at.repeat(slope.data());
  const auto differentiateWith = [&](const auto* gradient) {
    forEachMatrix(at, [&](int64_t row, int64_t count, int64_t width) {
      const int64_t start = row * channels;
      inputGradient({count, width, mean.data(), repeated.data(), offset.data()}, gradient + start, t.x + start,
                    averages.data(), slopes.data(), masked, t.dx + start);
    });
  };
  t.dShortcut ? differentiateWith(t.dShortcut) : differentiateWith(t.dy);
}

void sumGradients(const BatchNormShape& shape, bool relu, const GradientSums& t) {
  const FoldedRows at(shape.rows, shape.channels);
  const std::vector<float> mean = at.repeat(t.mean);
  const ChannelSums sums = sumRows(at, [&](int64_t row, int64_t count, int64_t width, float* sum, float* along) {
    const int64_t start = row * shape.channels;
    // Without the mask of the normalised values, factor and offset are not used.
    addGradients({count, width, mean.data(), mean.data(), mean.data()}, t.dy + start, t.x + start,
                 relu ? t.y + start : nullptr, false, sum, along, relu ? t.g + start : nullptr);
  });
  for (int64_t c = 0; c < shape.channels; c++) {
    t.sum[c] = static_cast<float>(sums.first[c]);
    t.along[c] = static_cast<float>(sums.second[c]);
  }
}

void normalizedInputGradient(const BatchNormShape& shape, float epsilon, const InputGradient& t) {
  const FoldedRows at(shape.rows, shape.channels);
  const std::vector<float> factor = normalizationFactors(t.scale, t.variance, epsilon, shape.channels);
  std::vector<float> slope(shape.channels);
  for (int64_t c = 0; c < shape.channels; c++)
    slope[c] = static_cast<float>(factor[c] / (double(t.variance[c]) + epsilon) * t.along[c]);
  const std::vector<float> mean = at.repeat(t.mean), repeated = at.repeat(factor.data());
  const std::vector<float> averages = at.repeat(t.average), slopes = at.repeat(slope.data());
  forEachMatrix(at, [&](int64_t row, int64_t count, int64_t width) {
    const int64_t start = row * shape.channels;
    inputGradient({count, width, mean.data(), repeated.data(), mean.data()}, t.g + start, t.x + start, averages.data(),
                  slopes.data(), false, t.dx + start);
  });
}

#define INSTANTIATE(X)                                                                                     \
  template void channelMoments(const BatchNormShape&, const X*, float*, float*);                           \
  template void batchNorm(const BatchNormShape&, float, bool, const BatchNormForward<X>&);                 \
  template void normalizeChannels(const BatchNormShape&, float, bool, const NormalizedInputs<X>&, float*); \
  template void batchNormGradient(const BatchNormShape&, float, bool, const BatchNormBackward<X, float>&); \
  template void batchNormGradient(const BatchNormShape&, float, bool, const BatchNormBackward<X, Bf16>&);
INSTANTIATE(float)
INSTANTIATE(Bf16)

}  // namespace carl
