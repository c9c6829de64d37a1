#include "math/batch-norm.h"
#include "tensorflow/operation.h"
#include "tensorflow/registrations.h"

namespace carl {
namespace {

struct Settings {
  const float epsilon;
  const bool relu, add;
  explicit Settings(const Attributes& of) : epsilon(of.real("epsilon")), relu(of.flag("relu")), add(of.flag("add")) {}
};

BatchNormShape shapeOf(const std::vector<int64_t>& sizes) { return {sizeOf(sizes) / sizes.back(), sizes.back()}; }

// Inputs x [..., C], scale [C], offset [C], and with `add` a shortcut shaped as x (any tensor otherwise); outputs y
// shaped as x, mean [C], variance [C].
void computeBatchNorm(void* kernel, TF_OpKernelContext* context) {
  const Settings& settings = *static_cast<Settings*>(kernel);
  Run run(context);
  const Array x = run.input(0), scale = run.input(1), offset = run.input(2), shortcut = run.input(3);
  if (!run.ok()) return;
  const std::vector<int64_t> sizes = x.shape();
  const BatchNormShape shape = shapeOf(sizes);
  const Array y = run.output(0, sizes), mean = run.output(1, {shape.channels}),
              variance = run.output(2, {shape.channels});
  if (!run.ok()) return;
  batchNorm(shape, settings.epsilon, settings.relu,
            {x.data(), scale.data(), offset.data(), settings.add ? shortcut.data() : nullptr, y.data(), mean.data(),
             variance.data()});
}

// Inputs dy, x, y (read only with `add`), scale, offset, mean, variance; outputs the gradients of x, scale, offset and
// shortcut (empty without `add`).
void computeGradient(void* kernel, TF_OpKernelContext* context) {
  const Settings& settings = *static_cast<Settings*>(kernel);
  Run run(context);
  const Array dy = run.input(0), x = run.input(1), y = run.input(2), scale = run.input(3), offset = run.input(4);
  const Array mean = run.input(5), variance = run.input(6);
  if (!run.ok()) return;
  const std::vector<int64_t> sizes = x.shape(), empty = {0};
  const BatchNormShape shape = shapeOf(sizes);
  const Array dx = run.output(0, sizes), dScale = run.output(1, {shape.channels}),
              dOffset = run.output(2, {shape.channels}), dShortcut = run.output(3, settings.add ? sizes : empty);
  if (!run.ok()) return;
  batchNormGradient(shape, settings.epsilon, settings.relu,
                    {dy.data(), x.data(), y.data(), scale.data(), offset.data(), mean.data(), variance.data(),
                     dx.data(), dScale.data(), dOffset.data(), settings.add ? dShortcut.data() : nullptr});
}

}  // namespace

bool registerBatchNorm() {
  const std::vector<const char*> attributes = {"epsilon: float", "relu: bool", "add: bool"};
  return registerOperation<Settings>({"CarlBatchNorm",
                                      {"x: float", "scale: float", "offset: float", "shortcut: float"},
                                      {"y: float", "mean: float", "variance: float"},
                                      attributes,
                                      computeBatchNorm}) &&
         registerOperation<Settings>(
             {"CarlBatchNormGrad",
              {"dy: float", "x: float", "y: float", "scale: float", "offset: float", "mean: float", "variance: float"},
              {"dx: float", "d_scale: float", "d_offset: float", "d_shortcut: float"},
              attributes,
              computeGradient});
}

}  // namespace carl
