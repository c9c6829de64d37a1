// Layer normalisation of rows, [rows, D], in one pass over memory forward and one backward.
#include "layer-norm.h"
#include <algorithm>
#include <cmath>
#include <vector>
#include "matrix-product.h"
#include "operation.h"
#include "threads.h"

namespace carl {
namespace {

// Below this many numbers a second thread is not worth waking; gradients of so many rows are summed in float.
constexpr int64_t kSmall = 1 << 14, kRows = 64;

struct Settings {
  const float epsilon;
  explicit Settings(const Attributes& of) : epsilon(of.real("epsilon")) {}
};

// The sum of all(i) over the vectors of a row, and of one(i) over what is left.
template <typename All, typename One>
INLINE double summed(int64_t size, const All& all, const One& one) {
  Floats sums = {};
  double rest = 0;
  columns(size, [&](int64_t i) INLINE_LAMBDA { sums += all(i); }, [&](int64_t i) INLINE_LAMBDA { rest += one(i); });
  return sumOf<double>(sums) + rest;
}

INLINE void normalize(const float* x, const float* scale, const float* offset, int64_t size, float epsilon, float* y,
                      float* mean, float* inverse) {
  const float center = static_cast<float>(
      summed(
          size, [&](int64_t i) INLINE_LAMBDA { return load(x + i); }, [&](int64_t i) INLINE_LAMBDA { return x[i]; }) /
      size);
  const double squares = summed(
      size,
      [&](int64_t i) INLINE_LAMBDA {
        const Floats d = load(x + i) - center;
        return d * d;
      },
      [&](int64_t i) INLINE_LAMBDA { return (x[i] - center) * (x[i] - center); });
  const float factor = static_cast<float>(1 / std::sqrt(squares / size + epsilon));
  columns(
      size,
      [&](int64_t i)
          INLINE_LAMBDA { store(y + i, (load(x + i) - center) * factor * load(scale + i) + load(offset + i)); },
      [&](int64_t i) INLINE_LAMBDA { y[i] = (x[i] - center) * factor * scale[i] + offset[i]; });
  *mean = center;
  *inverse = factor;
}

int partsFor(int64_t rows, int64_t size) { return rows * size < kSmall ? 1 : partsOf(rows); }

// Inputs x [..., D], scale [D], offset [D]; outputs y as x, and of each row its mean and what it is multiplied by.
void forward(void* kernel, TF_OpKernelContext* context) {
  const float epsilon = static_cast<Settings*>(kernel)->epsilon;
  Run run(context);
  const Array x = run.input(0), scale = run.input(1), offset = run.input(2);
  if (!run.ok()) return;
  const int64_t size = x.shape().back(), rows = size == 0 ? 0 : sizeOf(x.shape()) / size;
  const Array y = run.output(0, x.shape()), mean = run.output(1, {rows}), inverse = run.output(2, {rows});
  if (!run.ok()) return;
  const int parts = partsFor(rows, size);
  parallel(parts, [&](int part) {
    const Range own = rangeOf(rows, part, parts);
    withVectors([&](auto) INLINE_LAMBDA {
      for (int64_t row = own.begin; row < own.end; row++)
        normalize(x.data() + row * size, scale.data(), offset.data(), size, epsilon, y.data() + row * size,
                  mean.data() + row, inverse.data() + row);
    });
  });
}

// With n the normalised row and g = dy scale: dx = inverse (g - mean(g) - n mean(g n)). Adds to the gradients of scale
// and offset.
INLINE void differentiate(const float* dy, const float* x, const float* scale, int64_t size, float mean, float inverse,
                          float* dx, float* dScale, float* dOffset) {
  const auto along = [&](auto d, auto of, auto by) INLINE_LAMBDA { return d * by * ((of - mean) * inverse); };
  const float average =
      static_cast<float>(summed(
                             size, [&](int64_t i) INLINE_LAMBDA { return load(dy + i) * load(scale + i); },
                             [&](int64_t i) INLINE_LAMBDA { return dy[i] * scale[i]; }) /
                         size);
  const float slope = static_cast<float>(
      summed(
          size, [&](int64_t i) INLINE_LAMBDA { return along(load(dy + i), load(x + i), load(scale + i)); },
          [&](int64_t i) INLINE_LAMBDA { return along(dy[i], x[i], scale[i]); }) /
      size);
  columns(
      size,
      [&](int64_t i) INLINE_LAMBDA {
        const Floats d = load(dy + i), n = (load(x + i) - mean) * inverse;
        store(dx + i, (d * load(scale + i) - average - n * slope) * inverse);
        store(dScale + i, load(dScale + i) + d * n);
        store(dOffset + i, load(dOffset + i) + d);
      },
      [&](int64_t i) INLINE_LAMBDA {
        const float n = (x[i] - mean) * inverse;
        dx[i] = (dy[i] * scale[i] - average - n * slope) * inverse;
        dScale[i] += dy[i] * n;
        dOffset[i] += dy[i];
      });
}

// Inputs dy, x, scale, mean, inverse; outputs dx, and the gradients of scale and offset.
void backward(void*, TF_OpKernelContext* context) {
  Run run(context);
  const Array dy = run.input(0), x = run.input(1), scale = run.input(2), mean = run.input(3), inverse = run.input(4);
  if (!run.ok()) return;
  const int64_t size = x.shape().back(), rows = sizeOf(mean.shape());
  const Array dx = run.output(0, x.shape()), dScale = run.output(1, {size}), dOffset = run.output(2, {size});
  if (!run.ok()) return;
  const int parts = partsFor(rows, size);
  std::vector<std::vector<double>> totals(parts, std::vector<double>(2 * size, 0.0));
  parallel(parts, [&](int part) {
    const Range own = rangeOf(rows, part, parts);
    std::vector<float> sums(2 * size);
    for (int64_t begin = own.begin; begin < own.end; begin += kRows) {
      std::fill(sums.begin(), sums.end(), 0.0f);
      withVectors([&](auto) INLINE_LAMBDA {
        for (int64_t row = begin; row < std::min(begin + kRows, own.end); row++)
          differentiate(dy.data() + row * size, x.data() + row * size, scale.data(), size, mean.data()[row],
                        inverse.data()[row], dx.data() + row * size, sums.data(), sums.data() + size);
      });
      for (int64_t i = 0; i < 2 * size; i++) totals[part][i] += sums[i];
    }
  });
  for (int64_t i = 0; i < size; i++) {
    double byScale = 0, byOffset = 0;
    for (const std::vector<double>& total : totals) {
      byScale += total[i];
      byOffset += total[size + i];
    }
    dScale.data()[i] = static_cast<float>(byScale);
    dOffset.data()[i] = static_cast<float>(byOffset);
  }
}

}  // namespace

bool registerLayerNorm() {
  return vectors() != Vectors::none &&
         registerOperation<Settings>({"CarlLayerNorm",
                                      {"x: float", "scale: float", "offset: float"},
                                      {"y: float", "mean: float", "inverse: float"},
                                      {"epsilon: float"},
                                      forward}) &&
         registerOperation({"CarlLayerNormGrad",
                            {"dy: float", "x: float", "scale: float", "mean: float", "inverse: float"},
                            {"dx: float", "d_scale: float", "d_offset: float"},
                            {},
                            backward});
}

}  // namespace carl
