// What optimizers and norms do to all parameters, in one operation for all of them.
#include "lists.h"
#include <algorithm>
#include <numeric>
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
  const int parts = static_cast<int>(std::min<int64_t>(threadCount(), (count + 3) / 4));
  parallel(parts, [&](int part) {
    const Range own = rangeOf(count, part, std::max(1, parts));
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
  double total = 0;
  for (int lane = 0; lane < kLanes; lane++) total += sums[lane];
  for (; i < range.end; i++) total += double(x[i]) * x[i];
  return total;
}

// Inputs: factors [terms, places], then for each term a tensor a place; outputs per place the sum of factor times tensor.
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

// Inputs: tensors; output: the sum of the squares of all their numbers.
void sumSquares(void*, TF_OpKernelContext* context) {
  const int count = TF_NumInputs(context);
  Run run(context);
  std::vector<Array> inputs;
  std::vector<int64_t> sizes;
  for (int i = 0; i < count && run.ok(); i++) {
    inputs.push_back(run.input(i));
    if (run.ok()) sizes.push_back(sizeOf(inputs[i].shape()));
  }
  if (!run.ok()) return;
  const Array total = run.output(0, {});
  if (!run.ok()) return;
  const std::vector<Piece> pieces = piecesOf(sizes);
  std::vector<double> sums(pieces.size());
  everyPiece(pieces, [&](int64_t i, const Piece& piece) { sums[i] = squares(inputs[piece.place].data(), piece.range); });
  *total.data() = static_cast<float>(std::accumulate(sums.begin(), sums.end(), 0.0));
}

void* create(TF_OpKernelConstruction*) { return nullptr; }
void destroy(void*) {}

}  // namespace

bool registerLists() {
  return registerOperation({"CarlWeightedSums",
                            {"factors: float", "tensors: count * float"},
                            {"sums: places * float"},
                            {"count: int >= 1", "places: int >= 1"},
                            create,
                            weightedSums,
                            destroy}) &&
         registerOperation({"CarlSumSquares",
                            {"tensors: count * float"},
                            {"sum: float"},
                            {"count: int >= 1"},
                            create,
                            sumSquares,
                            destroy});
}

}  // namespace carl
