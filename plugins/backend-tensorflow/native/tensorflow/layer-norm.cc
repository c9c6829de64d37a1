#include "math/layer-norm.h"
#include "tensorflow/operation.h"
#include "tensorflow/registrations.h"

namespace carl {
namespace {

struct Settings {
  const float epsilon;
  explicit Settings(const Attributes& of) : epsilon(of.real("epsilon")) {}
};

LayerNormShape shapeOf(const Array& x) {
  const std::vector<int64_t> sizes = x.shape();
  return {sizes.back() == 0 ? 0 : sizeOf(sizes) / sizes.back(), sizes.back()};
}

// Inputs x [..., D], scale [D], offset [D]; outputs y shaped as x, and mean and inverse deviation of each row.
void computeLayerNorm(void* kernel, TF_OpKernelContext* context) {
  Run run(context);
  const Array x = run.input(0), scale = run.input(1), offset = run.input(2);
  if (!run.ok()) return;
  const LayerNormShape shape = shapeOf(x);
  const Array y = run.output(0, x.shape()), mean = run.output(1, {shape.rows}), inverse = run.output(2, {shape.rows});
  if (!run.ok()) return;
  layerNorm(shape, static_cast<Settings*>(kernel)->epsilon,
            {x.data(), scale.data(), offset.data(), y.data(), mean.data(), inverse.data()});
}

// Inputs dy, x, scale, mean, inverse; outputs the gradients of x, scale and offset.
void computeGradient(void*, TF_OpKernelContext* context) {
  Run run(context);
  const Array dy = run.input(0), x = run.input(1), scale = run.input(2), mean = run.input(3), inverse = run.input(4);
  if (!run.ok()) return;
  const LayerNormShape shape = shapeOf(x);
  const Array dx = run.output(0, x.shape()), dScale = run.output(1, {shape.size}),
              dOffset = run.output(2, {shape.size});
  if (!run.ok()) return;
  layerNormGradient(shape, {dy.data(), x.data(), scale.data(), mean.data(), inverse.data(), dx.data(), dScale.data(),
                            dOffset.data()});
}

}  // namespace

bool registerLayerNorm() {
  return registerOperation<Settings>({"CarlLayerNorm",
                                      {"x: float", "scale: float", "offset: float"},
                                      {"y: float", "mean: float", "inverse: float"},
                                      {"epsilon: float"},
                                      computeLayerNorm}) &&
         registerOperation({"CarlLayerNormGrad",
                            {"dy: float", "x: float", "scale: float", "mean: float", "inverse: float"},
                            {"dx: float", "d_scale: float", "d_offset: float"},
                            {},
                            computeGradient});
}

}  // namespace carl
