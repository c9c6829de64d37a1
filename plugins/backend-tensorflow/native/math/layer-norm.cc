#include "math/layer-norm.h"
#include <algorithm>
#include <cmath>
#include <vector>
#include "math/matrix-product.h"
#include "math/threads.h"

namespace carl {
namespace {

// Number of values that justifies a second thread, and number of rows whose gradients are summed in float before they
// are added in double.
constexpr int64_t kManyValues = 1 << 14, kRows = 64;

// Sums vector(i) over the full vectors of a row, and scalar(i) over its remaining columns.
template <typename Vector, typename Scalar>
INLINE double summed(int64_t size, const Vector& vector, const Scalar& scalar) {
  Floats sums = {};
  double rest = 0;
  forEachColumn(
      size, [&](int64_t i) INLINE_LAMBDA { sums += vector(i); }, [&](int64_t i) INLINE_LAMBDA { rest += scalar(i); });
  return sumOf<double>(sums) + rest;
}

// Normalises one row.
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
  forEachColumn(
      size,
      [&](int64_t i)
          INLINE_LAMBDA { store(y + i, (load(x + i) - center) * factor * load(scale + i) + load(offset + i)); },
      [&](int64_t i) INLINE_LAMBDA { y[i] = (x[i] - center) * factor * scale[i] + offset[i]; });
  *mean = center;
  *inverse = factor;
}

// Differentiates one row. With n the normalised row and g = dy scale: dx = inverse (g - mean(g) - n mean(g n)). Adds to
// the gradients of scale and offset.
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
  forEachColumn(
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

int partsFor(const LayerNormShape& shape) { return shape.rows * shape.size < kManyValues ? 1 : partsOf(shape.rows); }

}  // namespace

void layerNorm(const LayerNormShape& shape, float epsilon, const LayerNormForward& t) {
  const int64_t size = shape.size;
  const int parts = partsFor(shape);
  parallel(parts, [&](int part) {
    const Range own = rangeOf(shape.rows, part, parts);
    for (int64_t row = own.begin; row < own.end; row++)
      normalize(t.x + row * size, t.scale, t.offset, size, epsilon, t.y + row * size, t.mean + row, t.inverse + row);
  });
}

void layerNormGradient(const LayerNormShape& shape, const LayerNormBackward& t) {
  const int64_t size = shape.size;
  const int parts = partsFor(shape);
  std::vector<std::vector<double>> totals(parts, std::vector<double>(2 * size, 0.0));
  parallel(parts, [&](int part) {
    const Range own = rangeOf(shape.rows, part, parts);
    std::vector<float> sums(2 * size);
    for (int64_t begin = own.begin; begin < own.end; begin += kRows) {
      std::fill(sums.begin(), sums.end(), 0.0f);
      for (int64_t row = begin; row < std::min(begin + kRows, own.end); row++)
        differentiate(t.dy + row * size, t.x + row * size, t.scale, size, t.mean[row], t.inverse[row],
                      t.dx + row * size, sums.data(), sums.data() + size);
      for (int64_t i = 0; i < 2 * size; i++) totals[part][i] += sums[i];
    }
  });
  for (int64_t i = 0; i < size; i++) {
    double byScale = 0, byOffset = 0;
    for (const std::vector<double>& total : totals) {
      byScale += total[i];
      byOffset += total[size + i];
    }
    t.dScale[i] = static_cast<float>(byScale);
    t.dOffset[i] = static_cast<float>(byOffset);
  }
}

}  // namespace carl
