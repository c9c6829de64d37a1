// The rows of a matrix [rows, channels], divided among the threads. Several narrow rows are folded into one wide row,
// so that loops over columns fill the vectors.
#pragma once
#include <algorithm>
#include <cstdint>
#include <vector>
#include "math/threads.h"

namespace carl {

// Number of rows that are summed in float before they are added in double.
constexpr int64_t kFloatRows = 64;
// Number of values that justifies a second thread.
constexpr int64_t kManyValues = 1 << 15;
// Width up to which rows are folded, in floats.
constexpr int64_t kFoldedWidth = 64;

struct FoldedRows {
  int64_t rows, channels, fold;

  FoldedRows(int64_t rows, int64_t channels)
      : rows(rows), channels(channels), fold(std::max<int64_t>(1, kFoldedWidth / channels)) {}

  // Returns the width of `fold` rows.
  int64_t width() const { return channels * fold; }

  int parts() const { return rows * channels < kManyValues ? 1 : threadCount(); }

  // Returns the rows of a part. Each part begins at a multiple of `fold`.
  Range part(int part, int parts) const {
    const Range folds = rangeOf((rows + fold - 1) / fold, part, parts);
    return {folds.begin * fold, std::min(folds.end * fold, rows)};
  }

  // Repeats values of the channels for all columns of a folded row.
  std::vector<float> repeat(const float* values) const {
    std::vector<float> all(static_cast<size_t>(width()));
    for (int64_t i = 0; i < width(); i++) all[i] = values[i % channels];
    return all;
  }

  // Adds the sums of the columns of a folded row to the totals of their channels.
  void addTo(double* totals, const std::vector<float>& sums) const {
    for (int64_t i = 0; i < width(); i++) totals[i % channels] += sums[i];
  }

  // Calls work(row, count, width) for matrices [count, width] that together are the rows of a range: `row` is the first
  // row of each. The last matrix may have single rows, where they do not fill a folded row.
  template <typename Work>
  void forEachMatrix(Range range, const Work& work) const {
    const int64_t count = (range.end - range.begin) / fold, rest = (range.end - range.begin) % fold;
    if (count) work(range.begin, count, width());
    if (rest) work(range.begin + count * fold, rest, channels);
  }
};

// Two sums for each channel.
struct ChannelSums {
  std::vector<double> first, second;
  explicit ChannelSums(int64_t channels) : first(channels, 0.0), second(channels, 0.0) {}
};

// Sums over all rows in parallel. add(row, count, width, first, second) adds a matrix, as in forEachMatrix, to two sums
// for each of its columns.
template <typename Add>
ChannelSums sumRows(const FoldedRows& at, const Add& add) {
  const int parts = at.parts();
  std::vector<ChannelSums> each(parts, ChannelSums(at.channels));
  parallel(parts, [&](int part) {
    const Range range = at.part(part, parts);
    const int64_t step = kFloatRows * at.fold;
    std::vector<float> first(at.width()), second(at.width());
    for (int64_t row = range.begin; row < range.end; row += step) {
      std::fill(first.begin(), first.end(), 0.0f);
      std::fill(second.begin(), second.end(), 0.0f);
      at.forEachMatrix({row, std::min(row + step, range.end)}, [&](int64_t begin, int64_t count, int64_t width) {
        add(begin, count, width, first.data(), second.data());
      });
      at.addTo(each[part].first.data(), first);
      at.addTo(each[part].second.data(), second);
    }
  });
  for (int part = 1; part < parts; part++)
    for (int64_t c = 0; c < at.channels; c++) {
      each[0].first[c] += each[part].first[c];
      each[0].second[c] += each[part].second[c];
    }
  return each[0];
}

// Calls work(row, count, width), as in forEachMatrix, for all rows in parallel.
template <typename Work>
void forEachMatrix(const FoldedRows& at, const Work& work) {
  const int parts = at.parts();
  parallel(parts, [&](int part) { at.forEachMatrix(at.part(part, parts), work); });
}

}  // namespace carl
