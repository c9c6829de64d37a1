// Work cut into as many parts as there are threads.
#pragma once
#include <cstdint>
#include <functional>

namespace carl {

// Threads within one operation, as TensorFlow is told.
int threadCount();

// As many parts as there are threads, but one at least and no more than there is to share.
inline int partsOf(int64_t most) {
  return static_cast<int>(most < 1 ? 1 : most < threadCount() ? most : threadCount());
}

// Runs work(part) for every part from 0 to parts - 1 at once, the first on the calling thread. One call at a time.
void parallel(int parts, const std::function<void(int)>& work);

// The range [begin, end) of `count` that a part of `parts` gets. It depends on nothing else, so sums repeat exactly.
struct Range {
  int64_t begin, end;
};
inline Range rangeOf(int64_t count, int part, int parts) { return {count * part / parts, count * (part + 1) / parts}; }

}  // namespace carl
