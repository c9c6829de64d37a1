// A pool of threads for parallel loops.
#pragma once
#include <cstdint>
#include <functional>

namespace carl {

// Sets the number of threads that a kernel may use, at least 1. Must not be called while a kernel runs.
void setThreadCount(int count);

// Returns the number of threads that a kernel may use; by default, the number of logical processors.
int threadCount();

// Returns the number of parts for a loop over `items`: one for each thread, but at most one for each item and at least
// one.
inline int partsOf(int64_t items) {
  return static_cast<int>(items < 1 ? 1 : items < threadCount() ? items : threadCount());
}

// Runs work(part) for every part from 0 to parts - 1 in parallel, part 0 on the calling thread. `parts` is at most
// threadCount(). Returns when all parts have finished. Concurrent calls run one after the other; calls must not nest.
void parallel(int parts, const std::function<void(int)>& work);

// A range [begin, end) of indices.
struct Range {
  int64_t begin, end;
};

// Returns the range of a part when `count` items are split evenly. It depends only on the arguments, so sums over parts
// are reproducible.
inline Range rangeOf(int64_t count, int part, int parts) { return {count * part / parts, count * (part + 1) / parts}; }

}  // namespace carl
