// The innermost loops of batch normalisation. Matrices are [rows, width]; all other arrays have one value for each
// column.
#pragma once
#include <cstdint>
#include "math/bf16.h"

namespace carl {

// Some consecutive rows, with the mean of each column, and its factor scale / sqrt(variance + epsilon) and offset.
struct NormalizedRows {
  int64_t rows, width;
  const float *mean, *factor, *offset;
};

// Returns the values where `when` is positive, and 0 elsewhere.
INLINE Floats positive(Floats values, Floats when) {
  return reinterpret_cast<Floats>(reinterpret_cast<Bits>(values) & (when > 0));
}
INLINE float positive(float value, float when) { return when > 0 ? value : 0; }

// Relu. NaN stays NaN, so that a failed training is noticed.
INLINE Floats rectified(Floats values) {
  return reinterpret_cast<Floats>(reinterpret_cast<Bits>(values) & ~(values < 0));
}
INLINE float rectified(float value) { return value < 0 ? 0 : value; }

template <bool relu, bool add, typename X>
INLINE void normalize(const NormalizedRows& at, const X* x, const float* shortcut, float* y) {
  const auto values = [&](auto in, auto mean, auto factor, auto offset, auto added) INLINE_LAMBDA {
    auto value = (in - mean) * factor + offset;
    if (add) value += added;
    return relu ? rectified(value) : value;
  };
  for (int64_t row = 0; row < at.rows; row++, x += at.width, y += at.width, shortcut += add ? at.width : 0)
    forEachColumn(
        at.width,
        [&](int64_t i) INLINE_LAMBDA {
          store(y + i, values(load(x + i), load(at.mean + i), load(at.factor + i), load(at.offset + i),
                              add ? load(shortcut + i) : Floats{}));
        },
        [&](int64_t i) INLINE_LAMBDA {
          y[i] = values(number(x[i]), at.mean[i], at.factor[i], at.offset[i], add ? shortcut[i] : 0.0f);
        });
}

// The mask that the gradient of the output passes on its way to the normalised values: none, the sign of the normalised
// values, or the sign of the output.
enum class Mask { none, normalized, output };

template <Mask mask, typename X, typename Dy>
INLINE void addMasked(const NormalizedRows& at, const Dy* dy, const X* x, const float* y, float* sum, float* along,
                      float* dShortcut) {
  const auto masked = [](auto gradient, auto centred, auto factor, auto offset, auto output) INLINE_LAMBDA {
    if (mask == Mask::none) return gradient;
    return positive(gradient, mask == Mask::output ? output : centred * factor + offset);
  };
  const int64_t end = at.rows * at.width;
  forEachColumn(
      at.width,
      [&](int64_t i) INLINE_LAMBDA {
        const Floats mean = load(at.mean + i), factor = load(at.factor + i), offset = load(at.offset + i);
        Floats s = load(sum + i), a = load(along + i);
        for (int64_t j = i; j < end; j += at.width) {
          const Floats centred = load(x + j) - mean;
          const Floats output = mask == Mask::output ? load(y + j) : Floats{};
          const Floats g = masked(load(dy + j), centred, factor, offset, output);
          if (mask == Mask::output) store(dShortcut + j, g);
          s += g;
          a += g * centred;
        }
        store(sum + i, s);
        store(along + i, a);
      },
      [&](int64_t i) INLINE_LAMBDA {
        for (int64_t j = i; j < end; j += at.width) {
          const float centred = number(x[j]) - at.mean[i];
          const float output = mask == Mask::output ? y[j] : 0;
          const float g = masked(number(dy[j]), centred, at.factor[i], at.offset[i], output);
          if (mask == Mask::output) dShortcut[j] = g;
          sum[i] += g;
          along[i] += g * centred;
        }
      });
}

template <bool relu, typename X, typename Dy>
INLINE void differentiate(const NormalizedRows& at, const Dy* dy, const X* x, const float* average, const float* slope,
                          X* dx) {
  const auto values = [](auto gradient, auto centred, auto factor, auto offset, auto average, auto slope)
                          INLINE_LAMBDA {
                            const auto g = relu ? positive(gradient, centred * factor + offset) : gradient;
                            return (g - average) * factor - centred * slope;
                          };
  for (int64_t row = 0; row < at.rows; row++, dy += at.width, x += at.width, dx += at.width)
    forEachColumn(
        at.width,
        [&](int64_t i) INLINE_LAMBDA {
          store(dx + i, values(load(dy + i), load(x + i) - load(at.mean + i), load(at.factor + i), load(at.offset + i),
                               load(average + i), load(slope + i)));
        },
        [&](int64_t i) INLINE_LAMBDA {
          put(dx + i,
              values(number(dy[i]), number(x[i]) - at.mean[i], at.factor[i], at.offset[i], average[i], slope[i]));
        });
}

// Adds x - shift and its square to the sums of each column.
template <typename X>
void addSquares(const X* x, int64_t rows, int64_t width, const float* shift, float* sum, float* square) {
  forEachColumn(
      width,
      [&](int64_t i) INLINE_LAMBDA {
        const Floats from = load(shift + i);
        Floats s = load(sum + i), q = load(square + i);
        for (const X *at = x + i, *end = at + rows * width; at < end; at += width) {
          const Floats d = load(at) - from;
          s += d;
          q += d * d;
        }
        store(sum + i, s);
        store(square + i, q);
      },
      [&](int64_t i) INLINE_LAMBDA {
        for (int64_t at = i; at < rows * width; at += width) {
          const float d = number(x[at]) - shift[i];
          sum[i] += d;
          square[i] += d * d;
        }
      });
}

// Computes y = (x - mean) factor + offset, with `relu` the relu of it, and with a shortcut the relu of the sum.
template <typename X>
void normalizeRows(const NormalizedRows& at, const X* x, const float* shortcut, bool relu, float* y) {
  if (shortcut) return normalize<true, true>(at, x, shortcut, y);
  if (relu) return normalize<true, false>(at, x, nullptr, y);
  normalize<false, false>(at, x, nullptr, y);
}

// Adds g and g (x - mean) to the sums of each column, where g is the gradient of the normalised values: dy, with `relu`
// where the normalised value is positive, or with a shortcut where y is positive. Writes g to dShortcut unless that is
// null.
template <typename X, typename Dy>
void addGradients(const NormalizedRows& at, const Dy* dy, const X* x, const float* y, bool relu, float* sum,
                  float* along, float* dShortcut) {
  if (dShortcut) return addMasked<Mask::output>(at, dy, x, y, sum, along, dShortcut);
  if (relu) return addMasked<Mask::normalized>(at, dy, x, y, sum, along, dShortcut);
  addMasked<Mask::none>(at, dy, x, y, sum, along, dShortcut);
}

// Computes dx = factor (g - average) - (x - mean) slope, where g is dy, with `relu` where the normalised value is
// positive.
template <typename X, typename Dy>
void inputGradient(const NormalizedRows& at, const Dy* dy, const X* x, const float* average, const float* slope,
                   bool relu, X* dx) {
  if (relu) return differentiate<true>(at, dy, x, average, slope, dx);
  differentiate<false>(at, dy, x, average, slope, dx);
}

}  // namespace carl
