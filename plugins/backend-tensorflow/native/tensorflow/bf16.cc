#include "math/bf16.h"
#include "tensorflow/operation.h"
#include "tensorflow/registrations.h"

namespace carl {
namespace {

// Input x of any shape; output y shaped as x.
void computeRounding(void*, TF_OpKernelContext* context) {
  Run run(context);
  const Array x = run.input(0);
  if (!run.ok()) return;
  const std::vector<int64_t> sizes = x.shape();
  const Array y = run.output(0, sizes);
  if (run.ok()) roundToBf16(sizeOf(sizes), x.data(), y.data());
}

}  // namespace

bool registerBf16() { return registerOperation({"CarlRoundToBf16", {"x: float"}, {"y: float"}, {}, computeRounding}); }

}  // namespace carl
