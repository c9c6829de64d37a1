// x times the normal distribution function of x, and its gradient, in one pass over memory each.
#include "gelu.h"
#include <algorithm>
#include "elementary.h"
#include "matrix-product.h"
#include "operation.h"
#include "threads.h"

namespace carl {
namespace {

// Numbers of a part, a multiple of a vector's; below this a second thread is not worth waking.
constexpr int64_t kPart = 1 << 13;

// Calls work(in, out) for vectors of `count` places, the last of which may be copies with zeros beyond; in is one
// vector for each input.
template <int inputs, typename Work>
void everyVector(const float* const* from, float* to, int64_t count, const Work& work) {
  const int64_t pieces = (count + kPart - 1) / kPart;
  const int parts = partsOf(pieces);
  parallel(parts, [&](int part) {
    const Range own = rangeOf(pieces, part, parts);
    const int64_t end = std::min(own.end * kPart, count);
    withVectors([&](auto) INLINE_LAMBDA {
      Floats in[inputs];
      int64_t i = own.begin * kPart;
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
  });
}

// Input x; output y.
void forward(void*, TF_OpKernelContext* context) {
  Run run(context);
  const Array x = run.input(0);
  if (!run.ok()) return;
  const Array y = run.output(0, x.shape());
  if (!run.ok()) return;
  const float* from[] = {x.data()};
  everyVector<1>(from, y.data(), sizeOf(x.shape()),
                 [](const Floats* in) INLINE_LAMBDA { return in[0] * normal(in[0]).below; });
}

// Inputs dy and x; output dx.
void backward(void*, TF_OpKernelContext* context) {
  Run run(context);
  const Array dy = run.input(0), x = run.input(1);
  if (!run.ok()) return;
  const Array dx = run.output(0, x.shape());
  if (!run.ok()) return;
  const float* from[] = {dy.data(), x.data()};
  everyVector<2>(from, dx.data(), sizeOf(x.shape()), [](const Floats* in) INLINE_LAMBDA {
    constexpr float density = 0.398942280f;
    const Normal at = normal(in[1]);
    return in[0] * (at.below + in[1] * at.bell * density);
  });
}

}  // namespace

bool registerGelu() {
  return vectors() != Vectors::none && registerOperation({"CarlGelu", {"x: float"}, {"y: float"}, {}, forward}) &&
         registerOperation({"CarlGeluGrad", {"dy: float", "x: float"}, {"dx: float"}, {}, backward});
}

}  // namespace carl
