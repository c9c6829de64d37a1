#include "math/lists.h"
#include "tensorflow/operation.h"
#include "tensorflow/registrations.h"

namespace carl {
namespace {

// Reads `count` inputs from index `first`.
std::vector<Array> inputsOf(Run& run, int first, int count) {
  std::vector<Array> arrays;
  for (int i = 0; i < count && run.ok(); i++) arrays.push_back(run.input(first + i));
  return arrays;
}

// Returns the sizes of every `step`-th of the first `count` tensors.
Sizes sizesOf(const std::vector<Array>& arrays, int count, int step) {
  Sizes sizes;
  for (int i = 0; i < count; i += step) sizes.push_back(sizeOf(arrays[i].shape()));
  return sizes;
}

template <typename Float>
std::vector<Float*> pointersTo(const std::vector<Array>& arrays) {
  std::vector<Float*> pointers;
  for (const Array& array : arrays) pointers.push_back(array.data());
  return pointers;
}

// Inputs factors [terms, count], then a list of `count` tensors for each term; outputs the list of their weighted sums.
void computeWeightedSums(void*, TF_OpKernelContext* context) {
  const int count = TF_NumOutputs(context), terms = (TF_NumInputs(context) - 1) / count;
  Run run(context);
  const Array factors = run.input(0);
  const std::vector<Array> inputs = inputsOf(run, 1, terms * count);
  if (!run.ok()) return;
  std::vector<Array> outputs;
  for (int i = 0; i < count && run.ok(); i++) outputs.push_back(run.output(i, inputs[i].shape()));
  if (!run.ok()) return;
  weightedSums(sizesOf(inputs, count, 1), factors.data(), pointersTo<const float>(inputs), pointersTo<float>(outputs));
}

// Inputs a list of tensors; output the sum of the squares of each.
void computeSumsOfSquares(void*, TF_OpKernelContext* context) {
  const int count = TF_NumInputs(context);
  Run run(context);
  const std::vector<Array> inputs = inputsOf(run, 0, count);
  if (!run.ok()) return;
  const Array sums = run.output(0, {count});
  if (!run.ok()) return;
  sumsOfSquares(sizesOf(inputs, count, 1), pointersTo<const float>(inputs), sums.data());
}

// Inputs factors (the 5 of the rule, then 4 for each parameter), then value, gradient, mean and mean square of each
// parameter; outputs the next value, mean and mean square of each.
void computeAdamSteps(void*, TF_OpKernelContext* context) {
  constexpr int ofRule = 5, ofParameter = 4;
  const int count = TF_NumOutputs(context) / 3;
  Run run(context);
  const Array row = run.input(0);
  const std::vector<Array> in = inputsOf(run, 1, 4 * count);
  if (!run.ok()) return;
  std::vector<Array> out;
  for (int i = 0; i < 3 * count && run.ok(); i++) out.push_back(run.output(i, in[i / 3 * 4].shape()));
  if (!run.ok()) return;
  const float* all = row.data();
  const AdamRule rule = {all[0], all[1], all[2], all[3], all[4]};
  std::vector<AdamFactors> factors;
  std::vector<AdamTensors> parameters;
  for (int i = 0; i < count; i++) {
    const float* own = all + ofRule + ofParameter * i;
    factors.push_back({own[0], own[1], own[2], own[3]});
    parameters.push_back({in[4 * i].data(), in[4 * i + 1].data(), in[4 * i + 2].data(), in[4 * i + 3].data(),
                          out[3 * i].data(), out[3 * i + 1].data(), out[3 * i + 2].data()});
  }
  adamSteps(sizesOf(in, 4 * count, 4), rule, factors, parameters);
}

}  // namespace

bool registerLists() {
  const auto weighted = [](const char* name, void (*compute)(void*, TF_OpKernelContext*)) {
    return registerOperation({name,
                              {"factors: float", "tensors: count * float"},
                              {"results: outputs * float"},
                              {"count: int >= 1", "outputs: int >= 1"},
                              compute});
  };
  return weighted("CarlWeightedSums", computeWeightedSums) && weighted("CarlAdamSteps", computeAdamSteps) &&
         registerOperation({"CarlSumsOfSquares",
                            {"tensors: count * float"},
                            {"sums: float"},
                            {"count: int >= 1"},
                            computeSumsOfSquares});
}

}  // namespace carl
