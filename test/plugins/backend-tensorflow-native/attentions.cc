#include <algorithm>
#include "check.h"
#include "math/attention.h"

using namespace carl;
using namespace check;

namespace {

struct Expected {
  Reference y, logarithms, dQuery, dKey, dValue;
};

// Computes one head and its gradients from the definition. Offsets are those of the head.
void addHead(const AttentionShape& s, int64_t head, const Array& query, const Array& key, const Array& value,
             const Array& dy, Expected& to) {
  const int64_t start = head * s.tokens * s.size;
  const double scale = 1 / std::sqrt(double(s.size));
  const auto dot = [&](const float* a, int64_t row, const float* b, int64_t other) {
    double sum = 0;
    for (int64_t i = 0; i < s.size; i++) sum += double(a[start + row * s.size + i]) * b[start + other * s.size + i];
    return sum;
  };
  for (int64_t t = 0; t < s.tokens; t++) {
    std::vector<double> weights(s.tokens), slopes(s.tokens);
    double most = -INFINITY, sum = 0, along = 0;
    for (int64_t k = 0; k < s.tokens; k++)
      most = std::max(most, weights[k] = dot(query.data(), t, key.data(), k) * scale);
    for (double& weight : weights) sum += weight = std::exp(weight - most);
    to.logarithms[head * s.tokens + t] = most + std::log(sum);
    for (int64_t k = 0; k < s.tokens; k++) {
      weights[k] /= sum;
      slopes[k] = dot(dy.data(), t, value.data(), k);
      along += weights[k] * slopes[k];
    }
    for (int64_t k = 0; k < s.tokens; k++) {
      const double slope = weights[k] * (slopes[k] - along) * scale;
      for (int64_t i = 0; i < s.size; i++) {
        const int64_t own = start + t * s.size + i, other = start + k * s.size + i;
        to.y[own] += weights[k] * value[other];
        to.dValue[other] += weights[k] * dy[own];
        to.dQuery[own] += slope * key[other];
        to.dKey[other] += slope * query[own];
      }
    }
  }
}

void checkAttention(const AttentionShape& s, float deviation) {
  const int64_t count = s.heads * s.tokens * s.size;
  const Array query = randomArray(count, 1, deviation), key = randomArray(count, 2, deviation);
  const Array value = randomArray(count, 3), dy = randomArray(count, 4);
  Expected expected = {Reference(count), Reference(s.heads * s.tokens), Reference(count), Reference(count),
                       Reference(count)};
  for (int64_t head = 0; head < s.heads; head++) addHead(s, head, query, key, value, dy, expected);
  const std::string shape = text({s.heads, s.tokens, s.size});
  forEachConfiguration([&] {
    Array y(count, NAN), logarithms(s.heads * s.tokens, NAN);
    Array dQuery(count, NAN), dKey(count, NAN), dValue(count, NAN);
    attention(s, {query.data(), key.data(), value.data(), y.data(), logarithms.data()});
    attentionGradient(s, {dy.data(), query.data(), key.data(), value.data(), logarithms.data(), dQuery.data(),
                          dKey.data(), dValue.data()});
    expectClose("y of " + shape, y, expected.y, 2e-5);
    expectClose("logarithms of " + shape, logarithms, expected.logarithms, 1e-5);
    expectClose("dQuery of " + shape, dQuery, expected.dQuery, 2e-5);
    expectClose("dKey of " + shape, dKey, expected.dKey, 2e-5);
    expectClose("dValue of " + shape, dValue, expected.dValue, 2e-5);
  });
}

}  // namespace

TEST(attentions, "attention") {
  for (int64_t tokens : {1, 2, 15, 16, 17, 50})
    for (int64_t size : {1, 7, 16, 33, 64}) checkAttention({3, tokens, size}, 1);
  checkAttention({7, 65, 32}, 1);
}

TEST(decidedAttentions, "attention with large scores") {
  checkAttention({2, 20, 16}, 4);
  checkAttention({2, 33, 64}, 6);
}
