// Transforms of F(m x m, 3x3), which computes a 3x3 convolution of a tile of m + 2 pixels per side, and so m x m
// outputs, with (m + 2)^2 products.
//   output = A' [(G filter G') * (B' tile B)] A, and its adjoint for the gradient of the filter.
// T is a number or a vector of numbers of adjacent channels. Source: arXiv 1509.09308.
#pragma once
#include "math/vectors.h"

namespace carl {

// Transforms along one axis: of a tile, of products to outputs, of a filter, and the adjoints of the last two.
template <int outputs>
struct Winograd;

// Interpolation at 0, 1, -1 and infinity.
template <>
struct Winograd<2> {
  template <typename T>
  static INLINE void input(const T* d, T* t) {
    t[0] = d[0] - d[2];
    t[1] = d[1] + d[2];
    t[2] = d[2] - d[1];
    t[3] = d[1] - d[3];
  }
  template <typename T>
  static INLINE void output(const T* m, T* y) {
    y[0] = m[0] + m[1] + m[2];
    y[1] = m[1] - m[2] - m[3];
  }
  template <typename T>
  static INLINE void filter(const T* g, T* u) {
    const T outer = g[0] + g[2];
    u[0] = g[0];
    u[1] = (outer + g[1]) * 0.5f;
    u[2] = (outer - g[1]) * 0.5f;
    u[3] = g[2];
  }
  template <typename T>
  static INLINE void outputGradient(const T* y, T* m) {
    m[0] = y[0];
    m[1] = y[0] + y[1];
    m[2] = y[0] - y[1];
    m[3] = -y[1];
  }
  template <typename T>
  static INLINE void filterGradient(const T* u, T* g) {
    const T sum = (u[1] + u[2]) * 0.5f;
    g[0] = u[0] + sum;
    g[1] = (u[1] - u[2]) * 0.5f;
    g[2] = sum + u[3];
  }
};

// Interpolation at 0, 3/4, -3/4, 3/2, -3/2 and infinity. The rounding error is half of that with the usual points
// 0, 1, -1, 2, -2 (docs/decisions/0008 has the measurement; arXiv 1803.10986 explains the influence of the points).
template <>
struct Winograd<4> {
  static constexpr float a = 0.75f, b = 1.5f, aa = a * a, bb = b * b;
  // Reciprocals of Lagrange's denominators, the products of the differences to all other points: at 0, +-a and +-b.
  static constexpr float at0 = 1 / (aa * bb), atA = 1 / (2 * aa * (aa - bb)), atB = 1 / (2 * bb * (bb - aa));

  template <typename T>
  static INLINE void input(const T* d, T* t) {
    t[0] = d[0] * (aa * bb) - d[2] * (aa + bb) + d[4];
    const T evenA = d[4] - d[2] * bb, oddA = d[3] - d[1] * bb;
    t[1] = evenA + oddA * a;
    t[2] = evenA - oddA * a;
    const T evenB = d[4] - d[2] * aa, oddB = d[3] - d[1] * aa;
    t[3] = evenB + oddB * b;
    t[4] = evenB - oddB * b;
    t[5] = d[1] * (aa * bb) - d[3] * (aa + bb) + d[5];
  }
  template <typename T>
  static INLINE void output(const T* m, T* y) {
    const T sumA = m[1] + m[2], sumB = m[3] + m[4], differenceA = m[1] - m[2], differenceB = m[3] - m[4];
    y[0] = m[0] + sumA + sumB;
    y[1] = differenceA * a + differenceB * b;
    y[2] = sumA * aa + sumB * bb;
    y[3] = differenceA * (a * aa) + differenceB * (b * bb) + m[5];
  }
  template <typename T>
  static INLINE void filter(const T* g, T* u) {
    u[0] = g[0] * at0;
    const T evenA = (g[0] + g[2] * aa) * atA, oddA = g[1] * (a * atA);
    u[1] = evenA + oddA;
    u[2] = evenA - oddA;
    const T evenB = (g[0] + g[2] * bb) * atB, oddB = g[1] * (b * atB);
    u[3] = evenB + oddB;
    u[4] = evenB - oddB;
    u[5] = g[2];
  }
  template <typename T>
  static INLINE void outputGradient(const T* y, T* m) {
    m[0] = y[0];
    const T evenA = y[0] + y[2] * aa, oddA = y[1] + y[3] * aa;
    m[1] = evenA + oddA * a;
    m[2] = evenA - oddA * a;
    const T evenB = y[0] + y[2] * bb, oddB = y[1] + y[3] * bb;
    m[3] = evenB + oddB * b;
    m[4] = evenB - oddB * b;
    m[5] = y[3];
  }
  template <typename T>
  static INLINE void filterGradient(const T* u, T* g) {
    const T sumA = (u[1] + u[2]) * atA, sumB = (u[3] + u[4]) * atB;
    g[0] = u[0] * at0 + sumA + sumB;
    g[1] = (u[1] - u[2]) * (a * atA) + (u[3] - u[4]) * (b * atB);
    g[2] = sumA * aa + sumB * bb + u[5];
  }
};

// Applies a transform of `from` values to `to` values along both axes of a square: to the columns of in(i), then to the
// rows of the result. Passes each value to out(i, value).
template <typename T, int from, int to, typename In, typename Transform, typename Out>
INLINE void transformSquare(const In& in, const Transform& transform, const Out& out) {
  T half[to * from];
  for (int column = 0; column < from; column++) {
    T line[from], values[to];
    for (int i = 0; i < from; i++) line[i] = in(i * from + column);
    transform(line, values);
    for (int i = 0; i < to; i++) half[i * from + column] = values[i];
  }
  for (int row = 0; row < to; row++) {
    T values[to];
    transform(half + row * from, values);
    for (int i = 0; i < to; i++) out(row * to + i, values[i]);
  }
}

}  // namespace carl
