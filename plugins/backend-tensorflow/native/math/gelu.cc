#include "math/gelu.h"
#include <algorithm>
#include "math/elementary.h"
#include "math/matrix-product.h"
#include "math/threads.h"

namespace carl {
namespace {

// Number of values in a chunk of work, a multiple of kLanes. Fewer do not justify a second thread.
constexpr int64_t kChunk = 1 << 13;

// Computes to = work(from) one vector at a time, where `from` has one vector of each input. The last vector may be
// incomplete; it is filled with zeros.
template <int inputs, typename Work>
void forEachVector(const float* const* from, float* to, int64_t count, const Work& work) {
  const int64_t chunks = (count + kChunk - 1) / kChunk;
  const int parts = partsOf(chunks);
  parallel(parts, [&](int part) {
    const Range own = rangeOf(chunks, part, parts);
    const int64_t end = std::min(own.end * kChunk, count);
    Floats in[inputs];
    int64_t i = own.begin * kChunk;
    for (; i + kLanes <= end; i += kLanes) {
      for (int k = 0; k < inputs; k++) in[k] = load(from[k] + i);
      store(to + i, work(in));
    }
    if (i == end) return;
    for (int k = 0; k < inputs; k++) {
      float last[kLanes] = {};
      std::copy(from[k] + i, from[k] + end, last);
      in[k] = load(last);
    }
    float last[kLanes];
    store(last, work(in));
    std::copy(last, last + (end - i), to + i);
  });
}

}  // namespace

void gelu(int64_t count, const float* x, float* y) {
  const float* from[] = {x};
  forEachVector<1>(from, y, count, [](const Floats* in) INLINE_LAMBDA { return in[0] * normal(in[0]).below; });
}

void geluGradient(int64_t count, const float* dy, const float* x, float* dx) {
  const float* from[] = {dy, x};
  forEachVector<2>(from, dx, count, [](const Floats* in) INLINE_LAMBDA {
    constexpr float density = 0.398942280f;
    const Normal at = normal(in[1]);
    return in[0] * (at.below + in[1] * at.bell * density);
  });
}

}  // namespace carl
