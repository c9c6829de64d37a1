#include "math/lists.h"
#include <algorithm>
#include <cmath>
#include "math/threads.h"
#include "math/vectors.h"

namespace carl {
namespace {

// Largest number of values in a chunk of work.
constexpr int64_t kChunk = 1 << 14;

// A part of the tensor at a position of the list.
struct Chunk {
  size_t position;
  Range range;
};

std::vector<Chunk> chunksOf(const Sizes& sizes) {
  std::vector<Chunk> chunks;
  for (size_t position = 0; position < sizes.size(); position++)
    for (int64_t begin = 0; begin < sizes[position]; begin += kChunk)
      chunks.push_back({position, {begin, std::min(begin + kChunk, sizes[position])}});
  return chunks;
}

// Calls work(index, chunk) for all chunks in parallel.
template <typename Work>
void forEachChunk(const std::vector<Chunk>& chunks, const Work& work) {
  const int64_t count = static_cast<int64_t>(chunks.size());
  const int parts = partsOf((count + 3) / 4);
  parallel(parts, [&](int part) {
    const Range own = rangeOf(count, part, parts);
    for (int64_t i = own.begin; i < own.end; i++) work(i, chunks[i]);
  });
}

// Computes y = x factor for the first term, and y += x factor for the others.
void addWeighted(const float* x, float factor, Range range, bool first, float* y) {
  int64_t i = range.begin;
  for (; i + kLanes <= range.end; i += kLanes) store(y + i, (first ? Floats{} : load(y + i)) + load(x + i) * factor);
  for (; i < range.end; i++) y[i] = (first ? 0 : y[i]) + x[i] * factor;
}

double squares(const float* x, Range range) {
  Floats sums = {};
  int64_t i = range.begin;
  for (; i + kLanes <= range.end; i += kLanes) sums += load(x + i) * load(x + i);
  double total = sumOf<double>(sums);
  for (; i < range.end; i++) total += double(x[i]) * x[i];
  return total;
}

INLINE Floats rootOf(Floats values) {
  for (int lane = 0; lane < kLanes; lane++) values[lane] = std::sqrt(values[lane]);
  return values;
}
INLINE float rootOf(float value) { return std::sqrt(value); }

void step(const AdamRule& rule, const AdamFactors& own, const AdamTensors& at, Range range) {
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

}  // namespace

void weightedSums(const Sizes& sizes, const float* factors, const std::vector<const float*>& inputs,
                  const std::vector<float*>& outputs) {
  const size_t terms = sizes.empty() ? 0 : inputs.size() / sizes.size();
  forEachChunk(chunksOf(sizes), [&](int64_t, const Chunk& chunk) {
    for (size_t term = 0; term < terms; term++) {
      const size_t i = term * sizes.size() + chunk.position;
      addWeighted(inputs[i], factors[i], chunk.range, term == 0, outputs[chunk.position]);
    }
  });
}

void sumsOfSquares(const Sizes& sizes, const std::vector<const float*>& tensors, float* sums) {
  const std::vector<Chunk> chunks = chunksOf(sizes);
  std::vector<double> each(chunks.size()), all(sizes.size(), 0.0);
  forEachChunk(chunks, [&](int64_t i, const Chunk& chunk) { each[i] = squares(tensors[chunk.position], chunk.range); });
  for (size_t i = 0; i < chunks.size(); i++) all[chunks[i].position] += each[i];
  std::copy(all.begin(), all.end(), sums);
}

void adamSteps(const Sizes& sizes, const AdamRule& rule, const std::vector<AdamFactors>& factors,
               const std::vector<AdamTensors>& parameters) {
  forEachChunk(chunksOf(sizes), [&](int64_t, const Chunk& chunk) {
    step(rule, factors[chunk.position], parameters[chunk.position], chunk.range);
  });
}

}  // namespace carl
