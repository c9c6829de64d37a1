// Softmax attention of [B, heads, T, d] queries, keys and values, head by head in the cache. The weights, T x T a head,
// are never stored: the backward pass computes them again from the logarithm of what each row of scores was divided by
// (arXiv 2205.14135 does so on GPUs).
#include "attention.h"
#include <algorithm>
#include <cmath>
#include "elementary.h"
#include "matrix-product.h"
#include "operation.h"
#include "scratch.h"
#include "threads.h"

namespace carl {
namespace {

// One head, and how large its matrices are with the rows and columns that fill them up.
struct Head {
  int64_t tokens, size;
  int64_t rows() const { return groupsOf(tokens); }
  int64_t width() const { return groupsOf(size); }
  int64_t square() const { return rows() * rows(); }
  int64_t oblong() const { return rows() * width(); }
  float scale() const { return 1 / std::sqrt(static_cast<float>(size)); }
};

// [T, d], filled up with zeros.
INLINE void fillUp(const Head& at, const float* from, float* to) {
  std::fill(to, to + at.oblong(), 0.0f);
  for (int64_t t = 0; t < at.tokens; t++) std::copy(from + t * at.size, from + (t + 1) * at.size, to + t * at.width());
}

// The same on its side, [d, T].
INLINE void turn(const Head& at, const float* from, float* to) {
  std::fill(to, to + at.oblong(), 0.0f);
  for (int64_t t = 0; t < at.tokens; t++)
    for (int64_t i = 0; i < at.size; i++) to[i * at.rows() + t] = from[t * at.size + i];
}

// c = a b for a of `rows` rows; columns of b are taken in panels.
template <typename Registers>
INLINE void matrixProduct(Registers, int64_t rows, int64_t depth, int64_t columns, const float* a, int64_t aRow,
                          int64_t aStep, const float* b, float* c) {
  const int64_t panel = panelOf(columns);
  for (int64_t first = 0; first < columns; first += panel)
    Registers::template panel<false>(
        panel, rows, depth, [&](int64_t row) INLINE_LAMBDA { return a + row * aRow; }, aRow, aStep, b + first, columns,
        c + first, columns);
}

INLINE void cut(const Head& at, const float* from, float* to) {
  for (int64_t t = 0; t < at.tokens; t++)
    std::copy(from + t * at.width(), from + t * at.width() + at.size, to + t * at.size);
}

// e^(x scale - shift) for a row of scores, and zero for what fills it up; gives the sum.
INLINE float exponentials(const Head& at, float* row, float shift) {
  const float scale = at.scale();
  Floats sums = {};
  for (int64_t i = 0; i < at.rows(); i += kLanes) {
    const Floats values = exponential(load(row + i) * scale - shift);
    store(row + i, values);
    if (i + kLanes <= at.tokens) sums += values;
  }
  float sum = sumOf<float>(sums);
  for (int64_t i = at.tokens / kLanes * kLanes; i < at.rows(); i++) sum += row[i] = i < at.tokens ? row[i] : 0;
  return sum;
}

INLINE float largest(const float* row, int64_t count) {
  Floats most = Floats{} + row[0];
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    const Floats values = load(row + i);
    most = values > most ? values : most;
  }
  float one = row[0];
  for (int lane = 0; lane < kLanes; lane++) one = std::max(one, most[lane]);
  for (; i < count; i++) one = std::max(one, row[i]);
  return one;
}

// Scores of one head to weights; keeps the logarithm of each row's divisor.
INLINE void softmax(const Head& at, float* scores, float* logarithms) {
  for (int64_t t = 0; t < at.tokens; t++) {
    float* row = scores + t * at.rows();
    const float most = largest(row, at.tokens) * at.scale(), sum = exponentials(at, row, most), inverse = 1 / sum;
    for (int64_t i = 0; i < at.rows(); i += kLanes) store(row + i, load(row + i) * inverse);
    logarithms[t] = most + std::log(sum);
  }
}

template <typename Registers>
INLINE void attend(const Head& at, Registers registers, const float* query, const float* key, const float* value,
                   float* out, float* logarithms, float* scratch) {
  float *scores = scratch, *left = scores + at.square(), *right = left + at.oblong();
  fillUp(at, query, left);
  turn(at, key, right);
  matrixProduct(registers, at.rows(), at.size, at.rows(), left, at.width(), 1, right, scores);
  softmax(at, scores, logarithms);
  fillUp(at, value, right);
  matrixProduct(registers, at.rows(), at.tokens, at.width(), scores, at.rows(), 1, right, left);
  cut(at, left, out);
}

// Slopes of the weights to those of the scores: weight (slope - sum over the row of weight slope), scaled.
INLINE void softmaxGradient(const Head& at, const float* weights, float* slopes) {
  for (int64_t t = 0; t < at.rows(); t++) {
    const float* w = weights + t * at.rows();
    float* s = slopes + t * at.rows();
    Floats sums = {};
    for (int64_t i = 0; i < at.rows(); i += kLanes) sums += load(w + i) * load(s + i);
    const float sum = sumOf<float>(sums), scale = at.scale();
    for (int64_t i = 0; i < at.rows(); i += kLanes) store(s + i, load(w + i) * (load(s + i) - sum) * scale);
  }
}

// Of one head.
struct Tensors {
  const float *dy, *query, *key, *value, *logarithms;
  float *dQuery, *dKey, *dValue;
};

template <typename Registers>
INLINE void differentiate(const Head& at, Registers registers, const Tensors& of, float* scratch) {
  const int64_t rows = at.rows(), width = at.width();
  float *weights = scratch, *slopes = weights + at.square(), *left = slopes + at.square(), *right = left + at.oblong();
  fillUp(at, of.query, left);
  turn(at, of.key, right);
  matrixProduct(registers, rows, at.size, rows, left, width, 1, right, weights);
  for (int64_t t = 0; t < at.tokens; t++) exponentials(at, weights + t * rows, of.logarithms[t]);
  std::fill(weights + at.tokens * rows, weights + rows * rows, 0.0f);
  fillUp(at, of.dy, left);
  matrixProduct(registers, rows, at.tokens, width, weights, 1, rows, left, right);
  cut(at, right, of.dValue);
  turn(at, of.value, right);
  matrixProduct(registers, rows, at.size, rows, left, width, 1, right, slopes);
  softmaxGradient(at, weights, slopes);
  fillUp(at, of.key, left);
  matrixProduct(registers, rows, at.tokens, width, slopes, rows, 1, left, right);
  cut(at, right, of.dQuery);
  fillUp(at, of.query, left);
  matrixProduct(registers, rows, at.tokens, width, slopes, 1, rows, left, right);
  cut(at, right, of.dKey);
}

// Runs work(registers, head, scratch) for all heads of [B, heads, T, d].
template <typename Work>
void everyHead(const std::vector<int64_t>& shape, const Head& at, int squares, const Work& work) {
  const int64_t heads = shape[0] * shape[1];
  const int parts = partsOf(heads);
  parallel(parts, [&](int part) {
    const Range own = rangeOf(heads, part, parts);
    float* scratch = Scratch::ofThread().get(squares * at.square() + 2 * at.oblong());
    withVectors([&](auto registers) INLINE_LAMBDA {
      for (int64_t head = own.begin; head < own.end; head++) work(registers, head, scratch);
    });
  });
}

// Inputs query, key, value [B, heads, T, d]; outputs y like them, and the logarithms of the divisors [B, heads, T].
void forward(void*, TF_OpKernelContext* context) {
  Run run(context);
  const Array query = run.input(0), key = run.input(1), value = run.input(2);
  if (!run.ok()) return;
  const std::vector<int64_t> shape = query.shape();
  const Array y = run.output(0, shape), logarithms = run.output(1, {shape[0], shape[1], shape[2]});
  if (!run.ok()) return;
  const Head at = {shape[2], shape[3]};
  everyHead(shape, at, 1, [&](auto registers, int64_t head, float* scratch) INLINE_LAMBDA {
    const int64_t from = head * at.tokens * at.size;
    attend(at, registers, query.data() + from, key.data() + from, value.data() + from, y.data() + from,
           logarithms.data() + head * at.tokens, scratch);
  });
}

// Inputs dy, query, key, value and logarithms; outputs the gradients of query, key and value.
void backward(void*, TF_OpKernelContext* context) {
  Run run(context);
  const Array dy = run.input(0), query = run.input(1), key = run.input(2), value = run.input(3),
              logarithms = run.input(4);
  if (!run.ok()) return;
  const std::vector<int64_t> shape = query.shape();
  const Array dQuery = run.output(0, shape), dKey = run.output(1, shape), dValue = run.output(2, shape);
  if (!run.ok()) return;
  const Head at = {shape[2], shape[3]};
  everyHead(shape, at, 2, [&](auto registers, int64_t head, float* scratch) INLINE_LAMBDA {
    const int64_t from = head * at.tokens * at.size;
    differentiate(
        at, registers,
        {dy.data() + from, query.data() + from, key.data() + from, value.data() + from,
         logarithms.data() + head * at.tokens, dQuery.data() + from, dKey.data() + from, dValue.data() + from},
        scratch);
  });
}

}  // namespace

bool registerAttention() {
  return vectors() != Vectors::none &&
         registerOperation({"CarlAttention",
                            {"query: float", "key: float", "value: float"},
                            {"y: float", "logarithms: float"},
                            {},
                            forward}) &&
         registerOperation({"CarlAttentionGrad",
                            {"dy: float", "query: float", "key: float", "value: float", "logarithms: float"},
                            {"d_query: float", "d_key: float", "d_value: float"},
                            {},
                            backward});
}

}  // namespace carl
