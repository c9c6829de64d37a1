#include <algorithm>
#include "check.h"
#include "math/elementary.h"
#include "math/matrix-product.h"
#include "math/winograd.h"

using namespace carl;
using namespace check;

namespace {

double dot(const double* a, const double* b, int size) {
  double sum = 0;
  for (int i = 0; i < size; i++) sum += a[i] * b[i];
  return sum;
}

std::vector<double> randomDoubles(int size, unsigned seed) {
  const Array values = randomArray(size, seed);
  return {values.begin(), values.end()};
}

// The constants of the transforms are floats, so identities hold to their precision.
constexpr double kFloat = 1e-6;

template <int m>
void checkTransforms(unsigned seed) {
  constexpr int side = m + 2;
  const std::string name = "F(" + std::to_string(m) + ", 3)";
  const std::vector<double> d = randomDoubles(side, seed), g = randomDoubles(3, seed + 1);
  const std::vector<double> u = randomDoubles(side, seed + 2), v = randomDoubles(m, seed + 3);
  double tile[side], filter[side], products[side], outputs[m], adjoint[side], gradient[3];
  Winograd<m>::input(d.data(), tile);
  Winograd<m>::filter(g.data(), filter);
  for (int i = 0; i < side; i++) products[i] = tile[i] * filter[i];
  Winograd<m>::output(products, outputs);
  for (int i = 0; i < m; i++)
    expect(std::fabs(outputs[i] - dot(&d[i], g.data(), 3)) < kFloat * 10, name + " is a convolution");
  Winograd<m>::output(u.data(), outputs);
  Winograd<m>::outputGradient(v.data(), adjoint);
  expect(std::fabs(dot(outputs, v.data(), m) - dot(u.data(), adjoint, side)) < kFloat, name + ": adjoint of outputs");
  Winograd<m>::filterGradient(u.data(), gradient);
  expect(std::fabs(dot(filter, u.data(), side) - dot(g.data(), gradient, 3)) < kFloat * 10,
         name + ": adjoint of filters");
}

// Applies a transform and its two-dimensional form to an outer product of two lines, whose transform is the outer
// product of the transformed lines.
void checkSquare(unsigned seed) {
  const std::vector<double> column = randomDoubles(6, seed), row = randomDoubles(6, seed + 1);
  double tall[6], wide[6];
  Winograd<4>::input(column.data(), tall);
  Winograd<4>::input(row.data(), wide);
  transformSquare<double, 6, 6>([&](int i) { return column[i / 6] * row[i % 6]; }, Winograd<4>::input<double>,
                                [&](int i, double value) {
                                  expect(std::fabs(value - tall[i / 6] * wide[i % 6]) < kFloat,
                                         "the square of an outer product");
                                });
}

void checkProduct(int64_t panel, int64_t rows, int64_t depth, bool accumulate, bool transposed) {
  const int64_t aStride = (transposed ? rows : depth) + 3, bStride = panel + 5, cStride = panel + 1;
  const int64_t aRow = transposed ? 1 : aStride, aStep = transposed ? aStride : 1;
  const Array a = randomArray((transposed ? depth : rows) * aStride, 1), b = randomArray(depth * bStride, 2);
  Array c = randomArray(rows * cStride, 3);
  Reference expected(c.begin(), c.end());
  for (int64_t r = 0; r < rows; r++)
    for (int64_t j = 0; j < panel; j++) {
      double sum = accumulate ? c[r * cStride + j] : 0;
      for (int64_t k = 0; k < depth; k++) sum += double(a[r * aRow + k * aStep]) * b[k * bStride + j];
      expected[r * cStride + j] = sum;
    }
  const auto row = [&](int64_t r) { return a.data() + r * aRow; };
  if (accumulate)
    multiplyByPanel<true>(panel, rows, depth, row, aRow, aStep, b.data(), bStride, c.data(), cStride);
  else
    multiplyByPanel<false>(panel, rows, depth, row, aRow, aStep, b.data(), bStride, c.data(), cStride);
  expectClose("product " + text({rows, depth, panel}), c, expected, 1e-5);
}

}  // namespace

TEST(winograd, "transforms of minimal filtering") {
  for (unsigned seed = 0; seed < 50; seed++) {
    checkTransforms<2>(10 * seed);
    checkTransforms<4>(10 * seed);
    checkSquare(10 * seed);
  }
}

TEST(products, "matrix products") {
  forEachConfiguration([] {
    for (int64_t panel : {kLanes, 2 * kLanes})
      for (int64_t rows : {kLanes, 3 * kLanes, int64_t{16}, int64_t{48}})
        for (int64_t depth : {0, 1, 7, 64})
          for (bool accumulate : {false, true})
            for (bool transposed : {false, true}) checkProduct(panel, rows, depth, accumulate, transposed);
  });
}

TEST(exponentials, "exponential") {
  Array actual(kLanes);
  for (int64_t start = -8800; start <= 8800; start += kLanes) {
    for (int64_t i = 0; i < kLanes; i++) actual[i] = 0.01f * static_cast<float>(start + i);
    const Array x = actual;
    store(actual.data(), exponential(load(x.data())));
    for (int64_t i = 0; i < kLanes; i++) {
      const double expected = std::exp(std::min(88.3, std::max(-87.3, double(x[i]))));
      expect(std::fabs(actual[i] - expected) < 4e-7 * expected || std::fabs(x[i]) > 87, "e^" + text(x[i]));
      expect(std::fabs(actual[i] - expected) < 1e-5 * expected, "limited e^" + text(x[i]));
    }
  }
  const Floats limits = exponential(Floats{-1e30f, 1e30f, -INFINITY, INFINITY, NAN});
  expect(limits[0] == limits[2] && limits[0] > 0, "lower limit");
  expect(limits[1] == limits[3] && std::isfinite(limits[1]), "upper limit");
  expect(std::isnan(limits[4]), "NaN stays NaN");
}

TEST(normals, "normal distribution") {
  for (int64_t start = -1200; start <= 1200; start += kLanes) {
    Array x(kLanes), below(kLanes), bell(kLanes);
    for (int64_t i = 0; i < kLanes; i++) x[i] = 0.01f * static_cast<float>(start + i);
    const Normal at = normal(load(x.data()));
    store(below.data(), at.below);
    store(bell.data(), at.bell);
    for (int64_t i = 0; i < kLanes; i++) {
      const double value = x[i], expected = std::erfc(-value / std::sqrt(2.0)) / 2;
      expect(std::fabs(below[i] - expected) < 3e-7, "distribution function at " + text(value));
      expect(std::fabs(bell[i] - std::exp(-value * value / 2)) < 3e-7, "bell at " + text(value));
    }
  }
}
