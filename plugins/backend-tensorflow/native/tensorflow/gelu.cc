#include "math/gelu.h"
#include "tensorflow/operation.h"
#include "tensorflow/registrations.h"

namespace carl {
namespace {

// Input x; output y.
void computeGelu(void*, TF_OpKernelContext* context) {
  Run run(context);
  const Array x = run.input(0);
  if (!run.ok()) return;
  const Array y = run.output(0, x.shape());
  if (!run.ok()) return;
  gelu(sizeOf(x.shape()), x.data(), y.data());
}

// Inputs dy and x; output dx.
void computeGradient(void*, TF_OpKernelContext* context) {
  Run run(context);
  const Array dy = run.input(0), x = run.input(1);
  if (!run.ok()) return;
  const Array dx = run.output(0, x.shape());
  if (!run.ok()) return;
  geluGradient(sizeOf(x.shape()), dy.data(), x.data(), dx.data());
}

}  // namespace

bool registerGelu() {
  return registerOperation({"CarlGelu", {"x: float"}, {"y: float"}, {}, computeGelu}) &&
         registerOperation({"CarlGeluGrad", {"dy: float", "x: float"}, {"dx: float"}, {}, computeGradient});
}

}  // namespace carl
