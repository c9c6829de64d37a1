// Works head by head, so that the matrices stay in the cache. The weights, T x T for each head, are not stored: the
// backward pass computes them again from the logarithms of the softmax denominators, as arXiv 2205.14135 does on GPUs.
#include "math/attention.h"
#include <algorithm>
#include <cmath>
#include "math/elementary.h"
#include "math/matrix-product.h"
#include "math/scratch.h"
#include "math/threads.h"

namespace carl {
namespace {

// The sizes of the matrices of one head. Rows and columns are padded with zeros to multiples of 16.
struct Head {
  int64_t tokens, size;
  int64_t paddedTokens() const { return roundUpRows(tokens); }
  int64_t paddedSize() const { return roundUpRows(size); }
  int64_t squareFloats() const { return paddedTokens() * paddedTokens(); }
  int64_t matrixFloats() const { return paddedTokens() * paddedSize(); }
  float scale() const { return 1 / std::sqrt(static_cast<float>(size)); }
};

// Copies a matrix [T, d] and pads it with zeros.
INLINE void copyPadded(const Head& at, const float* from, float* to) {
  std::fill(to, to + at.matrixFloats(), 0.0f);
  for (int64_t t = 0; t < at.tokens; t++)
    std::copy(from + t * at.size, from + (t + 1) * at.size, to + t * at.paddedSize());
}

// Copies a matrix [T, d] to its transpose [d, T] and pads it with zeros.
INLINE void transposePadded(const Head& at, const float* from, float* to) {
  std::fill(to, to + at.matrixFloats(), 0.0f);
  for (int64_t t = 0; t < at.tokens; t++)
    for (int64_t i = 0; i < at.size; i++) to[i * at.paddedTokens() + t] = from[t * at.size + i];
}

// Computes c = a b, where a has `rows` rows, `aRow` floats apart, and its columns `aStep` apart.
INLINE void matrixProduct(int64_t rows, int64_t depth, int64_t columns, const float* a, int64_t aRow, int64_t aStep,
                          const float* b, float* c) {
  const int64_t panel = panelOf(columns);
  for (int64_t first = 0; first < columns; first += panel)
    multiplyByPanel<false>(
        panel, rows, depth, [&](int64_t row) INLINE_LAMBDA { return a + row * aRow; }, aRow, aStep, b + first, columns,
        c + first, columns);
}

// Copies a padded matrix without its padding.
INLINE void copyUnpadded(const Head& at, const float* from, float* to) {
  for (int64_t t = 0; t < at.tokens; t++)
    std::copy(from + t * at.paddedSize(), from + t * at.paddedSize() + at.size, to + t * at.size);
}

// Replaces a row of scores by e^(score scale - shift) and its padding by zero. Returns the sum.
INLINE float exponentials(const Head& at, float* row, float shift) {
  const float scale = at.scale();
  Floats sums = {};
  for (int64_t i = 0; i < at.paddedTokens(); i += kLanes) {
    const Floats values = exponential(load(row + i) * scale - shift);
    store(row + i, values);
    if (i + kLanes <= at.tokens) sums += values;
  }
  float sum = sumOf<float>(sums);
  for (int64_t i = at.tokens / kLanes * kLanes; i < at.paddedTokens(); i++) sum += row[i] = i < at.tokens ? row[i] : 0;
  return sum;
}

// Returns the largest value of a row.
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

// Replaces the scores of one head by weights, and stores the logarithm of the denominator of each row.
INLINE void softmax(const Head& at, float* scores, float* logarithms) {
  for (int64_t t = 0; t < at.tokens; t++) {
    float* row = scores + t * at.paddedTokens();
    const float most = largest(row, at.tokens) * at.scale(), sum = exponentials(at, row, most), inverse = 1 / sum;
    for (int64_t i = 0; i < at.paddedTokens(); i += kLanes) store(row + i, load(row + i) * inverse);
    logarithms[t] = most + std::log(sum);
  }
}

// Computes one head.
INLINE void attend(const Head& at, const AttentionForward& of, float* scratch) {
  float *scores = scratch, *left = scores + at.squareFloats(), *right = left + at.matrixFloats();
  copyPadded(at, of.query, left);
  transposePadded(at, of.key, right);
  matrixProduct(at.paddedTokens(), at.size, at.paddedTokens(), left, at.paddedSize(), 1, right, scores);
  softmax(at, scores, of.logarithms);
  copyPadded(at, of.value, right);
  matrixProduct(at.paddedTokens(), at.tokens, at.paddedSize(), scores, at.paddedTokens(), 1, right, left);
  copyUnpadded(at, left, of.y);
}

// Replaces the gradient g of the weights w by that of the scores: w (g - sum over the row of w g), scaled.
INLINE void softmaxGradient(const Head& at, const float* weights, float* gradients) {
  for (int64_t t = 0; t < at.paddedTokens(); t++) {
    const float* w = weights + t * at.paddedTokens();
    float* s = gradients + t * at.paddedTokens();
    Floats sums = {};
    for (int64_t i = 0; i < at.paddedTokens(); i += kLanes) sums += load(w + i) * load(s + i);
    const float sum = sumOf<float>(sums), scale = at.scale();
    for (int64_t i = 0; i < at.paddedTokens(); i += kLanes) store(s + i, load(w + i) * (load(s + i) - sum) * scale);
  }
}

// Differentiates one head.
INLINE void differentiate(const Head& at, const AttentionBackward& of, float* scratch) {
  const int64_t rows = at.paddedTokens(), width = at.paddedSize();
  float *weights = scratch, *gradients = weights + at.squareFloats(), *left = gradients + at.squareFloats(),
        *right = left + at.matrixFloats();
  copyPadded(at, of.query, left);
  transposePadded(at, of.key, right);
  matrixProduct(rows, at.size, rows, left, width, 1, right, weights);
  for (int64_t t = 0; t < at.tokens; t++) exponentials(at, weights + t * rows, of.logarithms[t]);
  std::fill(weights + at.tokens * rows, weights + rows * rows, 0.0f);
  copyPadded(at, of.dy, left);
  matrixProduct(rows, at.tokens, width, weights, 1, rows, left, right);
  copyUnpadded(at, right, of.dValue);
  transposePadded(at, of.value, right);
  matrixProduct(rows, at.size, rows, left, width, 1, right, gradients);
  softmaxGradient(at, weights, gradients);
  copyPadded(at, of.key, left);
  matrixProduct(rows, at.tokens, width, gradients, rows, 1, left, right);
  copyUnpadded(at, right, of.dQuery);
  copyPadded(at, of.query, left);
  matrixProduct(rows, at.tokens, width, gradients, 1, rows, left, right);
  copyUnpadded(at, right, of.dKey);
}

// Runs work(head, scratch) for all heads in parallel. `scratch` has room for some square matrices, T x T, and
// for two matrices T x d.
template <typename Work>
void forEachHead(const AttentionShape& shape, const Head& at, int squares, const Work& work) {
  const int parts = partsOf(shape.heads);
  parallel(parts, [&](int part) {
    const Range own = rangeOf(shape.heads, part, parts);
    float* scratch = Scratch::ofThread().get(squares * at.squareFloats() + 2 * at.matrixFloats());
    for (int64_t head = own.begin; head < own.end; head++) work(head, scratch);
  });
}

}  // namespace

void attention(const AttentionShape& shape, const AttentionForward& t) {
  const Head at = {shape.tokens, shape.size};
  forEachHead(shape, at, 1, [&](int64_t head, float* scratch) INLINE_LAMBDA {
    const int64_t from = head * at.tokens * at.size, rows = head * at.tokens;
    attend(at, {t.query + from, t.key + from, t.value + from, t.y + from, t.logarithms + rows}, scratch);
  });
}

void attentionGradient(const AttentionShape& shape, const AttentionBackward& t) {
  const Head at = {shape.tokens, shape.size};
  forEachHead(shape, at, 2, [&](int64_t head, float* scratch) INLINE_LAMBDA {
    const int64_t from = head * at.tokens * at.size, rows = head * at.tokens;
    differentiate(at,
                  {t.dy + from, t.query + from, t.key + from, t.value + from, t.logarithms + rows, t.dQuery + from,
                   t.dKey + from, t.dValue + from},
                  scratch);
  });
}

}  // namespace carl
