#include "check.h"
#include "math/gelu.h"
#include "math/lists.h"

using namespace carl;
using namespace check;

namespace {

// Sizes with full and incomplete vectors, empty tensors, and more than one chunk.
const Sizes kSizes = {15, 1, 0, 16, 70001, 17, 256};

std::vector<Array> randomList(unsigned seed, float mean = 0) {
  std::vector<Array> list;
  for (int64_t size : kSizes) list.push_back(randomArray(size, seed++, 1, mean));
  return list;
}

std::vector<Array> emptyList() {
  std::vector<Array> list;
  for (int64_t size : kSizes) list.push_back(Array(size, NAN));
  return list;
}

void checkWeightedSums(size_t terms) {
  const size_t count = kSizes.size();
  const Array factors = randomArray(static_cast<int64_t>(terms * count), 1);
  std::vector<Array> inputs;
  for (size_t term = 0; term < terms; term++)
    for (const Array& array : randomList(static_cast<unsigned>(100 * term))) inputs.push_back(array);
  forEachConfiguration([&] {
    std::vector<Array> outputs = emptyList();
    std::vector<const float*> from;
    std::vector<float*> to;
    for (const Array& input : inputs) from.push_back(input.data());
    for (Array& output : outputs) to.push_back(output.data());
    weightedSums(kSizes, factors.data(), from, to);
    for (size_t i = 0; i < count; i++) {
      Reference expected(outputs[i].size());
      for (size_t term = 0; term < terms; term++)
        for (size_t k = 0; k < expected.size(); k++)
          expected[k] += double(factors[term * count + i]) * inputs[term * count + i][k];
      expectClose("sum of " + std::to_string(terms) + " terms", outputs[i], expected, 1e-6);
    }
  });
}

}  // namespace

TEST(geluOfSizes, "GELU") {
  for (int64_t count : {1, 15, 16, 17, 8191, 8192, 8193, 40003}) {
    const Array x = randomArray(count, 1, 3), dy = randomArray(count, 2);
    Reference y(x.size()), dx(x.size());
    for (size_t i = 0; i < x.size(); i++) {
      const double value = x[i], below = std::erfc(-value / std::sqrt(2.0)) / 2;
      y[i] = value * below;
      dx[i] = dy[i] * (below + value * std::exp(-value * value / 2) / std::sqrt(2 * M_PI));
    }
    forEachConfiguration([&] {
      Array to(x.size(), NAN), toX(x.size(), NAN);
      gelu(count, x.data(), to.data());
      geluGradient(count, dy.data(), x.data(), toX.data());
      expectClose("y of " + std::to_string(count), to, y, 1e-6);
      expectClose("dx of " + std::to_string(count), toX, dx, 1e-6);
    });
  }
}

TEST(sums, "weighted sums") {
  for (size_t terms : {1, 2, 3}) checkWeightedSums(terms);
  weightedSums({}, nullptr, {}, {});
}

TEST(squares, "sums of squares") {
  const std::vector<Array> list = randomList(1);
  std::vector<const float*> pointers;
  Reference expected;
  for (const Array& array : list) {
    pointers.push_back(array.data());
    double sum = 0;
    for (float value : array) sum += double(value) * value;
    expected.push_back(sum);
  }
  forEachConfiguration([&] {
    Array sums(list.size(), NAN);
    sumsOfSquares(kSizes, pointers, sums.data());
    for (size_t i = 0; i < sums.size(); i++) expectClose("sum of squares", {sums[i]}, {expected[i]}, 1e-6);
  });
}

TEST(adam, "steps of Adam") {
  const AdamRule rule = {0.9f, 0.1f, 0.99f, 0.01f, 1e-3f};
  const std::vector<Array> value = randomList(1), gradient = randomList(11), mean = randomList(21);
  std::vector<Array> square = randomList(31);
  for (Array& array : square)
    for (float& number : array) number *= number;
  forEachConfiguration([&] {
    std::vector<Array> nextValue = emptyList(), nextMean = emptyList(), nextSquare = emptyList();
    std::vector<AdamFactors> factors;
    std::vector<AdamTensors> parameters;
    for (size_t i = 0; i < kSizes.size(); i++) {
      const float share = static_cast<float>(i);
      factors.push_back({0.1f * share, 1 - 0.01f * share, 0.3f + share, 1.5f + share});
      parameters.push_back({value[i].data(), gradient[i].data(), mean[i].data(), square[i].data(), nextValue[i].data(),
                            nextMean[i].data(), nextSquare[i].data()});
    }
    adamSteps(kSizes, rule, factors, parameters);
    for (size_t i = 0; i < kSizes.size(); i++) {
      Reference v, m, s;
      for (size_t k = 0; k < value[i].size(); k++) {
        const double slope = gradient[i][k] + double(value[i][k]) * factors[i].coupledDecay;
        m.push_back(double(mean[i][k]) * rule.keptMean + slope * rule.newMean);
        s.push_back(double(square[i][k]) * rule.keptSquare + slope * slope * rule.newSquare);
        v.push_back(double(value[i][k]) * factors[i].kept -
                    m[k] * factors[i].rate / (std::sqrt(s[k]) * factors[i].correction + rule.epsilon));
      }
      const std::string name = " of tensor " + std::to_string(i);
      expectClose("value" + name, nextValue[i], v, 1e-5);
      expectClose("mean" + name, nextMean[i], m, 1e-6);
      expectClose("square" + name, nextSquare[i], s, 1e-6);
    }
  });
}
