// Softmax attention and its gradient.
#pragma once
#include <cstdint>

namespace carl {

// Queries, keys and values [heads, T, d], with the heads of all images in `heads`, `tokens` = T and `size` = d.
struct AttentionShape {
  int64_t heads, tokens, size;
};

struct AttentionForward {
  const float *query, *key, *value;
  // y is shaped as query. logarithms, [heads, T], has the logarithm of the softmax denominator of each row of scores.
  float *y, *logarithms;
};

struct AttentionBackward {
  const float *dy, *query, *key, *value, *logarithms;
  // Shaped as query.
  float *dQuery, *dKey, *dValue;
};

// Computes y = softmax(query key' / sqrt(d)) value.
void attention(const AttentionShape& shape, const AttentionForward& tensors);

// Computes the gradients of query, key and value.
void attentionGradient(const AttentionShape& shape, const AttentionBackward& tensors);

}  // namespace carl
