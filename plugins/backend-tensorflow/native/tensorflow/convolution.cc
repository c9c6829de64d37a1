#include "math/convolution.h"
#include "tensorflow/operation.h"
#include "tensorflow/registrations.h"

namespace carl {
namespace {

struct Settings {
  const bool backward;
  explicit Settings(const Attributes& of) : backward(of.flag("backward")) {}
};

// Inputs x [B, H, W, C] and the filter [3, 3, C, D], output y [B, H, W, D]; or with `backward` inputs dy [B, H, W, D]
// and the filter, output dx [B, H, W, C].
void computeConvolution(void* kernel, TF_OpKernelContext* context) {
  const bool backward = static_cast<Settings*>(kernel)->backward;
  Run run(context);
  const Array source = run.input(0), filter = run.input(1);
  if (!run.ok()) return;
  const std::vector<int64_t> sizes = source.shape(), filterSizes = filter.shape();
  const ConvolutionShape shape = {sizes[0], sizes[1], sizes[2], filterSizes[2], filterSizes[3]};
  const Array target =
      run.output(0, {shape.images, shape.height, shape.width, backward ? shape.inputs : shape.outputs});
  if (!run.ok()) return;
  if (backward)
    convolutionInputGradient(shape, source.data(), filter.data(), target.data());
  else
    convolve(shape, source.data(), filter.data(), target.data());
}

// Inputs x [B, H, W, C] and dy [B, H, W, D]; output the gradient of the filter [3, 3, C, D].
void computeFilterGradient(void*, TF_OpKernelContext* context) {
  Run run(context);
  const Array x = run.input(0), dy = run.input(1);
  if (!run.ok()) return;
  const std::vector<int64_t> sizes = x.shape();
  const ConvolutionShape shape = {sizes[0], sizes[1], sizes[2], sizes[3], dy.shape()[3]};
  const Array dFilter = run.output(0, {3, 3, shape.inputs, shape.outputs});
  if (!run.ok()) return;
  convolutionFilterGradient(shape, x.data(), dy.data(), dFilter.data());
}

}  // namespace

bool registerConvolution() {
  return registerOperation<Settings>({"CarlConvolution",
                                      {"x: float", "filter: float"},
                                      {"y: float"},
                                      {"backward: bool"},
                                      computeConvolution}) &&
         registerOperation({"CarlConvolutionFilterGradient",
                            {"x: float", "dy: float"},
                            {"d_filter: float"},
                            {},
                            computeFilterGradient});
}

}  // namespace carl
