#include <algorithm>
#include "check.h"
#include "math/batch-norm.h"
#include "math/layer-norm.h"

using namespace carl;
using namespace check;

namespace {

constexpr float kEpsilon = 1e-3f;

enum class Tail { none, relu, shortcut };

struct Expected {
  Reference y, mean, variance, dx, dScale, dOffset, dShortcut;
};

// Computes batch normalisation and its gradients from the definition.
Expected batchNormReference(int64_t rows, int64_t channels, Tail tail, const Array& x, const Array& scale,
                            const Array& offset, const Array& shortcut, const Array& dy) {
  Expected to = {Reference(x.size()), Reference(channels), Reference(channels), Reference(x.size()),
                 Reference(channels), Reference(channels), Reference(x.size())};
  for (int64_t c = 0; c < channels; c++) {
    double &mean = to.mean[c], &variance = to.variance[c], along = 0;
    for (int64_t i = c; i < rows * channels; i += channels) mean += double(x[i]) / rows;
    for (int64_t i = c; i < rows * channels; i += channels) variance += (x[i] - mean) * (x[i] - mean) / rows;
    const double inverse = 1 / std::sqrt(variance + kEpsilon);
    for (int64_t i = c; i < rows * channels; i += channels) {
      const double n = (x[i] - mean) * inverse,
                   sum = n * scale[c] + offset[c] + (tail == Tail::shortcut ? shortcut[i] : 0);
      to.y[i] = tail == Tail::none ? sum : std::max(0.0, sum);
      const double g = tail == Tail::none || sum > 0 ? dy[i] : 0;
      to.dShortcut[i] = g;
      to.dOffset[c] += g;
      along += g * n;
    }
    to.dScale[c] = along;
    for (int64_t i = c; i < rows * channels; i += channels) {
      const double n = (x[i] - mean) * inverse;
      to.dx[i] = scale[c] * inverse * (to.dShortcut[i] - to.dOffset[c] / rows - n * along / rows);
    }
  }
  return to;
}

void checkBatchNorm(int64_t rows, int64_t channels, Tail tail) {
  const int64_t size = rows * channels;
  const Bf16Array xInBf16 = bf16Of(randomArray(size, 1, 2, 3)), dyInBf16 = bf16Of(randomArray(size, 5));
  const Array x = floatsOf(xInBf16), dy = floatsOf(dyInBf16);
  const Array scale = randomArray(channels, 2), offset = randomArray(channels, 3), shortcut = randomArray(size, 4);
  const Expected expected = batchNormReference(rows, channels, tail, x, scale, offset, shortcut, dy);
  const bool add = tail == Tail::shortcut;
  const std::string shape = text({rows, channels}) + (add ? " with shortcut" : tail == Tail::relu ? " with relu" : "");
  const auto check = [&](const auto& images, const auto& slopes) {
    using X = typename std::decay_t<decltype(images)>::value_type;
    using Dy = typename std::decay_t<decltype(slopes)>::value_type;
    Array y(size), mean(channels), variance(channels), dScale(channels), dOffset(channels), dShortcut(size);
    std::vector<X> dx(size);
    batchNorm<X>({rows, channels}, kEpsilon, tail == Tail::relu,
                 {images.data(), scale.data(), offset.data(), add ? shortcut.data() : nullptr, y.data(), mean.data(),
                  variance.data()});
    batchNormGradient<X, Dy>(
        {rows, channels}, kEpsilon, tail == Tail::relu,
        {slopes.data(), images.data(), add ? y.data() : nullptr, scale.data(), offset.data(), mean.data(),
         variance.data(), dx.data(), dScale.data(), dOffset.data(), add ? dShortcut.data() : nullptr});
    expectClose("y of " + shape, y, expected.y, 1e-5);
    expectClose("mean of " + shape, mean, expected.mean, 1e-5);
    expectClose("variance of " + shape, variance, expected.variance, 1e-5);
    expectClose("dx of " + shape, floatsOf(dx), expected.dx, std::is_same_v<X, float> ? 2e-5 : kBf16Tolerance);
    expectClose("dScale of " + shape, dScale, expected.dScale, 2e-5);
    expectClose("dOffset of " + shape, dOffset, expected.dOffset, 2e-5);
    if (add) expectClose("dShortcut of " + shape, dShortcut, expected.dShortcut, 1e-5);
    // In stages, as with other workers, here without any.
    Array again(size), toScale(channels), toOffset(channels), toShortcut(size);
    normalizeChannels<X>(
        {rows, channels}, kEpsilon, tail == Tail::relu,
        {images.data(), scale.data(), offset.data(), add ? shortcut.data() : nullptr, mean.data(), variance.data()},
        again.data());
    expect(again == y, "y in stages of " + shape);
    batchNormSums<X, Dy>(
        {rows, channels}, kEpsilon, tail == Tail::relu,
        {slopes.data(), images.data(), add ? y.data() : nullptr, scale.data(), offset.data(), mean.data(),
         variance.data(), nullptr, toScale.data(), toOffset.data(), add ? toShortcut.data() : nullptr});
    expect(toScale == dScale && toOffset == dOffset && (!add || toShortcut == dShortcut), "sums of " + shape);
    for (Array* sums : {&toScale, &toOffset})
      for (float& sum : *sums) sum /= rows;
    std::vector<X> toX(size);
    const auto differentiate = [&](const auto& g) {
      batchNormInputGradient<X, typename std::decay_t<decltype(g)>::value_type>(
          {rows, channels}, kEpsilon, tail == Tail::relu,
          {g.data(), images.data(), scale.data(), offset.data(), mean.data(), variance.data(), toOffset.data(),
           toScale.data(), toX.data()});
    };
    add ? differentiate(dShortcut) : differentiate(slopes);
    expectClose("dx in stages of " + shape, floatsOf(toX), expected.dx,
                std::is_same_v<X, float> ? 2e-5 : kBf16Tolerance);
  };
  forEachConfiguration([&] {
    check(x, dy);
    check(xInBf16, dy);
    check(xInBf16, dyInBf16);
  });
}

void checkLayerNorm(int64_t rows, int64_t size) {
  const Array x = randomArray(rows * size, 1, 2, 3), scale = randomArray(size, 2), offset = randomArray(size, 3);
  const Array dy = randomArray(rows * size, 4);
  Reference y(x.size()), mean(rows), inverse(rows), dx(x.size()), dScale(size), dOffset(size);
  double largestTerm = 0;
  for (int64_t row = 0; row < rows; row++) {
    const float *in = &x[row * size], *slope = &dy[row * size];
    double variance = 0, average = 0, along = 0;
    for (int64_t i = 0; i < size; i++) mean[row] += double(in[i]) / size;
    for (int64_t i = 0; i < size; i++) variance += (in[i] - mean[row]) * (in[i] - mean[row]) / size;
    inverse[row] = 1 / std::sqrt(variance + kEpsilon);
    for (int64_t i = 0; i < size; i++) {
      const double n = (in[i] - mean[row]) * inverse[row], g = double(slope[i]) * scale[i];
      y[row * size + i] = n * scale[i] + offset[i];
      average += g / size;
      along += g * n / size;
      dScale[i] += slope[i] * n;
      dOffset[i] += slope[i];
    }
    for (int64_t i = 0; i < size; i++) {
      const double n = (in[i] - mean[row]) * inverse[row];
      dx[row * size + i] = inverse[row] * (double(slope[i]) * scale[i] - average - n * along);
      largestTerm = std::max(largestTerm, std::fabs(inverse[row] * slope[i] * scale[i]));
    }
  }
  const std::string shape = text({rows, size});
  forEachConfiguration([&] {
    Array to(x.size()), center(rows), factor(rows), toX(x.size()), toScale(size), toOffset(size);
    layerNorm({rows, size}, kEpsilon, {x.data(), scale.data(), offset.data(), to.data(), center.data(), factor.data()});
    layerNormGradient({rows, size}, {dy.data(), x.data(), scale.data(), center.data(), factor.data(), toX.data(),
                                     toScale.data(), toOffset.data()});
    expectClose("y of " + shape, to, y, 1e-5);
    expectClose("mean of " + shape, center, mean, 1e-5);
    expectClose("inverse of " + shape, factor, inverse, 1e-5);
    // Rows of one value do not depend on it: two equal terms cancel up to rounding.
    expectClose("dx of " + shape, toX, dx, size == 1 ? 1e-6 : 2e-5, size == 1 ? largestTerm : 0);
    expectClose("dScale of " + shape, toScale, dScale, 2e-5);
    expectClose("dOffset of " + shape, toOffset, dOffset, 2e-5);
  });
}

}  // namespace

TEST(batchNorms, "batch normalisation") {
  for (Tail tail : {Tail::none, Tail::relu, Tail::shortcut}) {
    for (int64_t channels : {1, 3, 7, 16, 17, 31, 64, 65, 200})
      for (int64_t rows : {4, 5, 63, 129}) checkBatchNorm(rows, channels, tail);
    // So many values that several threads share the rows.
    checkBatchNorm(11003, 3, tail);
    checkBatchNorm(2050, 16, tail);
    checkBatchNorm(515, 72, tail);
  }
}

TEST(batchNormOfOneRow, "batch normalisation of one row") {
  const Array x = {5, 7}, scale = {1, 1}, offset = {1, 2};
  Array y(2), mean(2), variance(2);
  batchNorm<float>({1, 2}, kEpsilon, false,
                   {x.data(), scale.data(), offset.data(), nullptr, y.data(), mean.data(), variance.data()});
  expect(y == offset && mean == x && variance == Array({0, 0}), "the variance is 0 and the output is the offset");
}

TEST(batchNormOfNaN, "batch normalisation of NaN") {
  for (int64_t channels : {1, 16, 17}) {
    Array x = randomArray(3 * channels, 1), y(x.size()), mean(channels), variance(channels);
    const Array one(channels, 1.0f);
    for (int64_t c = 0; c < channels; c++) x[channels + c] = NAN;
    batchNorm<float>({3, channels}, kEpsilon, true,
                     {x.data(), one.data(), one.data(), nullptr, y.data(), mean.data(), variance.data()});
    for (float value : y) expect(std::isnan(value), "relu passes NaN on");
  }
}

TEST(layerNorms, "layer normalisation") {
  for (int64_t size : {1, 5, 16, 17, 48, 200})
    for (int64_t rows : {1, 3, 65, 130}) checkLayerNorm(rows, size);
}
