#include "math/convolution.h"
#include "tensorflow/operation.h"
#include "tensorflow/registrations.h"

namespace carl {
namespace {

struct Settings {
  const bool backward, bf16Result;
  explicit Settings(const Attributes& of) : backward(of.flag("backward")), bf16Result(of.isBf16("Y")) {}
};

// Inputs x [B, H, W, C] and the filter [3, 3, C, D], output y [B, H, W, D]; or with `backward` inputs dy [B, H, W, D]
// and the filter, output dx [B, H, W, C].
void computeConvolution(void* kernel, TF_OpKernelContext* context) {
  const Settings& settings = *static_cast<Settings*>(kernel);
  Run run(context);
  const Array source = run.input(0), filter = run.input(1);
  if (!run.ok()) return;
  const std::vector<int64_t> sizes = source.shape(), filterSizes = filter.shape();
  const ConvolutionShape shape = {sizes[0], sizes[1], sizes[2], filterSizes[2], filterSizes[3]};
  const int64_t channels = settings.backward ? shape.inputs : shape.outputs;
  const Array target = run.output(0, {shape.images, shape.height, shape.width, channels}, settings.bf16Result);
  if (!run.ok()) return;
  source.with([&](auto* from) {
    target.with([&](auto* to) {
      if (settings.backward)
        convolutionInputGradient(shape, from, filter.data(), to);
      else
        convolve(shape, plain(from), filter.data(), to);
    });
  });
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
  x.with([&](auto* from) {
    dy.with([&](auto* slopes) { convolutionFilterGradient(shape, plain(from), slopes, dFilter.data()); });
  });
}

}  // namespace

bool registerConvolution() {
  return registerOperation<Settings>({"CarlConvolution",
                                      {"x: X", "filter: float"},
                                      {"y: Y"},
                                      {"backward: bool", kTypeX, kTypeY},
                                      computeConvolution}) &&
         registerOperation({"CarlConvolutionFilterGradient",
                            {"x: X", "dy: Y"},
                            {"d_filter: float"},
                            {kTypeX, kTypeY},
                            computeFilterGradient});
}

}  // namespace carl
