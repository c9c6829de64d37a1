#include "math/bf16.h"
#include "math/threads.h"

namespace carl {

void roundToBf16(int64_t count, const float* x, float* y) {
  // Number of values that justifies a second thread.
  constexpr int64_t kManyValues = 1 << 15;
  const int parts = count < kManyValues ? 1 : threadCount();
  parallel(parts, [&](int part) {
    const Range own = rangeOf(count, part, parts);
    const float* from = x + own.begin;
    float* to = y + own.begin;
    forEachColumn(
        own.end - own.begin,
        [&](int64_t i) INLINE_LAMBDA { store(to + i, reinterpret_cast<Floats>(roundedBits(load(from + i)))); },
        [&](int64_t i) INLINE_LAMBDA {
          Floats one = {};
          one[0] = from[i];
          to[i] = reinterpret_cast<Floats>(roundedBits(one))[0];
        });
  });
}

}  // namespace carl
