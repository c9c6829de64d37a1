#include "math/attention.h"
#include "tensorflow/operation.h"
#include "tensorflow/registrations.h"

namespace carl {
namespace {

AttentionShape shapeOf(const std::vector<int64_t>& sizes) { return {sizes[0] * sizes[1], sizes[2], sizes[3]}; }

// Inputs query, key, value [B, heads, T, d]; outputs y of the same shape, and the logarithms of the softmax
// denominators [B, heads, T].
void computeAttention(void*, TF_OpKernelContext* context) {
  Run run(context);
  const Array query = run.input(0), key = run.input(1), value = run.input(2);
  if (!run.ok()) return;
  const std::vector<int64_t> sizes = query.shape();
  const Array y = run.output(0, sizes), logarithms = run.output(1, {sizes[0], sizes[1], sizes[2]});
  if (!run.ok()) return;
  attention(shapeOf(sizes), {query.data(), key.data(), value.data(), y.data(), logarithms.data()});
}

// Inputs dy, query, key, value and logarithms; outputs the gradients of query, key and value.
void computeGradient(void*, TF_OpKernelContext* context) {
  Run run(context);
  const Array dy = run.input(0), query = run.input(1), key = run.input(2), value = run.input(3),
              logarithms = run.input(4);
  if (!run.ok()) return;
  const std::vector<int64_t> sizes = query.shape();
  const Array dQuery = run.output(0, sizes), dKey = run.output(1, sizes), dValue = run.output(2, sizes);
  if (!run.ok()) return;
  attentionGradient(shapeOf(sizes), {dy.data(), query.data(), key.data(), value.data(), logarithms.data(),
                                     dQuery.data(), dKey.data(), dValue.data()});
}

}  // namespace

bool registerAttention() {
  return registerOperation({"CarlAttention",
                            {"query: float", "key: float", "value: float"},
                            {"y: float", "logarithms: float"},
                            {},
                            computeAttention}) &&
         registerOperation({"CarlAttentionGrad",
                            {"dy: float", "query: float", "key: float", "value: float", "logarithms: float"},
                            {"d_query: float", "d_key: float", "d_value: float"},
                            {},
                            computeGradient});
}

}  // namespace carl
