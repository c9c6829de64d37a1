// The transforms of F(2x2, 3x3): a 3x3 convolution of a 4x4 tile, which gives 2x2 outputs, as 16 products.
//   output = A' [(G filter G') * (B' tile B)] A, and for the gradient by the filter the adjoint of it.
// `T` is a number or a vector of numbers of neighbouring channels. arXiv 1509.09308.
#pragma once
#include "vectors.h"

namespace carl {

// Applies a transform of `from` numbers to `to` numbers to all columns of `in`, then to all rows of that.
template <int from, int to, typename T, typename Transform>
INLINE void bothWays(const T* in, T* out, const Transform& transform) {
  T half[to * from];
  for (int column = 0; column < from; column++) {
    T values[to];
    T given[from];
    for (int i = 0; i < from; i++) given[i] = in[i * from + column];
    transform(given, values);
    for (int i = 0; i < to; i++) half[i * from + column] = values[i];
  }
  for (int row = 0; row < to; row++) transform(half + row * from, out + row * to);
}

// 4x4 -> 4x4.
template <typename T>
INLINE void transformInput(const T* tile, T* out) {
  bothWays<4, 4>(tile, out, [](const T* d, T* t) INLINE_LAMBDA {
    t[0] = d[0] - d[2];
    t[1] = d[1] + d[2];
    t[2] = d[2] - d[1];
    t[3] = d[1] - d[3];
  });
}

// 4x4 -> 2x2.
template <typename T>
INLINE void transformOutput(const T* products, T* out) {
  bothWays<4, 2>(products, out, [](const T* m, T* y) INLINE_LAMBDA {
    y[0] = m[0] + m[1] + m[2];
    y[1] = m[1] - m[2] - m[3];
  });
}

// 3x3 -> 4x4.
template <typename T>
INLINE void transformFilter(const T* filter, T* out) {
  bothWays<3, 4>(filter, out, [](const T* g, T* u) INLINE_LAMBDA {
    const T outer = g[0] + g[2];
    u[0] = g[0];
    u[1] = (outer + g[1]) * 0.5f;
    u[2] = (outer - g[1]) * 0.5f;
    u[3] = g[2];
  });
}

// Adjoint of transformOutput, 2x2 -> 4x4.
template <typename T>
INLINE void transformOutputGradient(const T* dy, T* out) {
  bothWays<2, 4>(dy, out, [](const T* y, T* m) INLINE_LAMBDA {
    m[0] = y[0];
    m[1] = y[0] + y[1];
    m[2] = y[0] - y[1];
    m[3] = -y[1];
  });
}

// Adjoint of transformFilter, 4x4 -> 3x3.
template <typename T>
INLINE void transformFilterGradient(const T* du, T* out) {
  bothWays<4, 3>(du, out, [](const T* u, T* g) INLINE_LAMBDA {
    const T sum = (u[1] + u[2]) * 0.5f;
    g[0] = u[0] + sum;
    g[1] = (u[1] - u[2]) * 0.5f;
    g[2] = sum + u[3];
  });
}

}  // namespace carl
