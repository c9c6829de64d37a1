// What optimizers and norms do to all parameters, in one operation for all of them.
#include "lists.h"
#include <algorithm>
#include <cmath>
#include <vector>
#include "operation.h"
#include "threads.h"
#include "vectors.h"

namespace carl {
namespace {

// Work is cut into pieces of at most so many numbers.
constexpr int64_t kPiece = 1 << 14;

// A piece of the tensor at a place of a list.
struct Piece {
  int place;
  Range range;
};

std::vector<Piece> piecesOf(const std::vector<int64_t>& sizes) {
  std::vector<Piece> pieces;
  for (int place = 0; place < static_cast<int>(sizes.size()); place++)
    for (int64_t begin = 0; begin < sizes[place]; begin += kPiece)
      pieces.push_back({place, {begin, std::min(begin + kPiece, sizes[place])}});
  return pieces;
}

// Runs work(index of the piece, piece) for all pieces.
template <typename Work>
void everyPiece(const std::vector<Piece>& pieces, const Work& work) {
  const int64_t count = static_cast<int64_t>(pieces.size());
  const int parts = partsOf((count + 3) / 4);
  parallel(parts, [&](int part) {
    const Range own = rangeOf(count, part, parts);
    for (int64_t i = own.begin; i < own.end; i++) work(i, pieces[i]);
  });
}

VECTORIZED void addWeighted(const float* x, float factor, Range range, bool first, float* y) {
  int64_t i = range.begin;
  for (; i + kLanes <= range.end; i += kLanes) store(y + i, (first ? Floats{} : load(y + i)) + load(x + i) * factor);
  for (; i < range.end; i++) y[i] = (first ? 0 : y[i]) + x[i] * factor;
}

VECTORIZED double squares(const float* x, Range range) {
  Floats sums = {};
  int64_t i = range.begin;
  for (; i + kLanes <= range.end; i += kLanes) sums += load(x + i) * load(x + i);
  double total = sumOf<double>(sums);
  for (; i < range.end; i++) total += double(x[i]) * x[i];
  return total;
}

// Inputs: factors [terms, places], then for each term a tensor a place; outputs per place the sum of factor times
// tensor.
void weightedSums(void*, TF_OpKernelContext* context) {
  const int places = TF_NumOutputs(context), terms = (TF_NumInputs(context) - 1) / places;
  Run run(context);
  const Array factors = run.input(0);
  std::vector<Array> inputs, outputs;
  std::vector<int64_t> sizes;
  for (int i = 0; i < terms * places && run.ok(); i++) inputs.push_back(run.input(1 + i));
  for (int place = 0; place < places && run.ok(); place++) {
    const std::vector<int64_t> shape = inputs[place].shape();
    sizes.push_back(sizeOf(shape));
    outputs.push_back(run.output(place, shape));
  }
  if (!run.ok()) return;
  everyPiece(piecesOf(sizes), [&](int64_t, const Piece& piece) {
    for (int term = 0; term < terms; term++) {
      const int i = term * places + piece.place;
      addWeighted(inputs[i].data(), factors.data()[i], piece.range, term == 0, outputs[piece.place].data());
    }
  });
}

// Inputs: tensors; output: for each the sum of the squares of its numbers.
void sumsOfSquares(void*, TF_OpKernelContext* context) {
  const int count = TF_NumInputs(context);
  Run run(context);
  std::vector<Array> inputs;
  std::vector<int64_t> sizes;
  for (int i = 0; i < count && run.ok(); i++) {
    inputs.push_back(run.input(i));
    if (run.ok()) sizes.push_back(sizeOf(inputs[i].shape()));
  }
  if (!run.ok()) return;
  const Array totals = run.output(0, {count});
  if (!run.ok()) return;
  const std::vector<Piece> pieces = piecesOf(sizes);
  std::vector<double> sums(pieces.size()), all(count, 0.0);
  everyPiece(pieces,
             [&](int64_t i, const Piece& piece) { sums[i] = squares(inputs[piece.place].data(), piece.range); });
  for (size_t i = 0; i < pieces.size(); i++) all[pieces[i].place] += sums[i];
  std::copy(all.begin(), all.end(), totals.data());
}

// What all parameters share, and what each has of its own, as they come in one row of factors.
struct Rule {
  float keptMean, newMean, keptSquare, newSquare, epsilon;
};
struct Factors {
  float coupledDecay, kept, rate, correction;
};
constexpr int64_t kRule = 5, kFactors = 4;

// Of one parameter.
struct Adam {
  const float *value, *gradient, *mean, *square;
  float *nextValue, *nextMean, *nextSquare;
};

INLINE Floats rootOf(Floats values) {
  for (int lane = 0; lane < kLanes; lane++) values[lane] = std::sqrt(values[lane]);
  return values;
}
INLINE float rootOf(float value) { return std::sqrt(value); }

VECTORIZED void step(const Rule& rule, const Factors& own, const Adam& at, Range range) {
  const auto compute = [&](auto value, auto gradient, auto& mean, auto& square) INLINE_LAMBDA {
    const auto slope = gradient + value * own.coupledDecay;
    mean = mean * rule.keptMean + slope * rule.newMean;
    square = square * rule.keptSquare + slope * slope * rule.newSquare;
    return value * own.kept - mean * own.rate / (rootOf(square) * own.correction + rule.epsilon);
  };
  int64_t i = range.begin;
  for (; i + kLanes <= range.end; i += kLanes) {
    Floats mean = load(at.mean + i), square = load(at.square + i);
    store(at.nextValue + i, compute(load(at.value + i), load(at.gradient + i), mean, square));
    store(at.nextMean + i, mean);
    store(at.nextSquare + i, square);
  }
  for (; i < range.end; i++) {
    float mean = at.mean[i], square = at.square[i];
    at.nextValue[i] = compute(at.value[i], at.gradient[i], mean, square);
    at.nextMean[i] = mean;
    at.nextSquare[i] = square;
  }
}

// Inputs: factors (a rule, and four for each place), then for each place its value, gradient, mean and mean square;
// outputs for each place the value, mean and mean square that follow.
void adamSteps(void*, TF_OpKernelContext* context) {
  const int places = TF_NumOutputs(context) / 3;
  Run run(context);
  const Array factors = run.input(0);
  std::vector<Array> inputs, outputs;
  std::vector<int64_t> sizes;
  for (int i = 0; i < 4 * places && run.ok(); i++) inputs.push_back(run.input(1 + i));
  for (int i = 0; i < 3 * places && run.ok(); i++) {
    const std::vector<int64_t> shape = inputs[i / 3 * 4].shape();
    if (i % 3 == 0) sizes.push_back(sizeOf(shape));
    outputs.push_back(run.output(i, shape));
  }
  if (!run.ok()) return;
  const Rule& rule = *reinterpret_cast<const Rule*>(factors.data());
  everyPiece(piecesOf(sizes), [&](int64_t, const Piece& piece) {
    const Array *in = &inputs[4 * piece.place], *out = &outputs[3 * piece.place];
    const Adam at = {in[0].data(),  in[1].data(),  in[2].data(), in[3].data(),
                     out[0].data(), out[1].data(), out[2].data()};
    step(rule, *reinterpret_cast<const Factors*>(factors.data() + kRule + kFactors * piece.place), at, piece.range);
  });
}

}  // namespace

bool registerLists() {
  const auto lists = [](const char* name, void (*compute)(void*, TF_OpKernelContext*)) {
    return registerOperation({name,
                              {"factors: float", "tensors: count * float"},
                              {"results: outputs * float"},
                              {"count: int >= 1", "outputs: int >= 1"},
                              compute});
  };
  return lists("CarlWeightedSums", weightedSums) && lists("CarlAdamSteps", adamSteps) &&
         registerOperation(
             {"CarlSumsOfSquares", {"tensors: count * float"}, {"sums: float"}, {"count: int >= 1"}, sumsOfSquares});
}

}  // namespace carl
