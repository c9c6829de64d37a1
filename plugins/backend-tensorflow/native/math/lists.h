// Element-wise operations over lists of tensors, such as all parameters of a network. A list has one tensor for each
// entry of `sizes`, which has the number of values of each.
#pragma once
#include <cstdint>
#include <vector>

namespace carl {

using Sizes = std::vector<int64_t>;

// Computes each output as a sum over terms of factor times tensor. `inputs` has one list after the other, one for each
// term; `factors` has a factor for each of these tensors.
void weightedSums(const Sizes& sizes, const float* factors, const std::vector<const float*>& inputs,
                  const std::vector<float*>& outputs);

// Computes the sum of the squares of each tensor; `sums` has one value for each.
void sumsOfSquares(const Sizes& sizes, const std::vector<const float*>& tensors, float* sums);

// The factors of Adam that all parameters share: the averages keep a share of their value and take a share of the new
// value; epsilon is added to the root of the mean square.
struct AdamRule {
  float keptMean, newMean, keptSquare, newSquare, epsilon;
};

// The factors of one parameter: the share of the value that is added to the gradient, the factor of the value before
// the step, the learning rate corrected for the start of the mean at zero, and the factor of the root of the mean
// square that corrects for its start at zero.
struct AdamFactors {
  float coupledDecay, kept, rate, correction;
};

// The tensors of one parameter before and after a step.
struct AdamTensors {
  const float *value, *gradient, *mean, *square;
  float *nextValue, *nextMean, *nextSquare;
};

// Makes one step of Adam for each parameter.
void adamSteps(const Sizes& sizes, const AdamRule& rule, const std::vector<AdamFactors>& factors,
               const std::vector<AdamTensors>& parameters);

}  // namespace carl
