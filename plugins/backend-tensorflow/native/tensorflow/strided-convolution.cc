#include "math/strided-convolution.h"
#include "math/bf16-convolution.h"
#include "tensorflow/convolution-settings.h"
#include "tensorflow/operation.h"
#include "tensorflow/registrations.h"

namespace carl {
namespace {

// Height and width are those of the images for the gradient of the images, and those of the filter for the gradient of
// the filter.
using Settings = ConvolutionSettings;

// Inputs x [B, H, W, C] and the filter [kh, kw, C, D]; output y [B, h, w, D].
void computeConvolution(void* kernel, TF_OpKernelContext* context) {
  const Settings& settings = *static_cast<Settings*>(kernel);
  Run run(context);
  const Array x = run.input(0), filter = run.input(1);
  if (!run.ok()) return;
  const std::vector<int64_t> sizes = x.shape(), filterSizes = filter.shape();
  const StridedShape shape = {sizes[0],       sizes[1],       sizes[2],        sizes[3],        filterSizes[0],
                              filterSizes[1], filterSizes[3], settings.stride, settings.padding};
  const Array y =
      run.output(0, {shape.images, shape.outputHeight(), shape.outputWidth(), shape.outputs}, settings.bf16Result);
  if (!run.ok()) return;
  if (!settings.form.bf16()) {
    if (run.hasFloats({&x, &y})) stridedConvolve(shape, plain(x.data()), filter.data(), y.data());
    return;
  }
  x.with([&](auto* from) {
    y.with([&](auto* to) { bf16Convolve(settings.form.unit(), shape, plain(from), filter.data(), to); });
  });
}

// Inputs dy [B, h, w, D] and the filter [kh, kw, C, D]; output dx [B, H, W, C].
void computeInputGradient(void* kernel, TF_OpKernelContext* context) {
  const Settings& settings = *static_cast<Settings*>(kernel);
  Run run(context);
  const Array dy = run.input(0), filter = run.input(1);
  if (!run.ok()) return;
  const std::vector<int64_t> filterSizes = filter.shape();
  const StridedShape shape = {dy.shape()[0],  settings.height, settings.width,  filterSizes[2],  filterSizes[0],
                              filterSizes[1], filterSizes[3],  settings.stride, settings.padding};
  const Array dx = run.output(0, {shape.images, shape.height, shape.width, shape.inputs}, settings.bf16Result);
  if (!run.ok()) return;
  if (!settings.form.bf16()) {
    if (run.hasFloats({&dy, &dx})) stridedInputGradient(shape, dy.data(), filter.data(), dx.data());
    return;
  }
  dy.with([&](auto* slopes) {
    dx.with([&](auto* to) { bf16InputGradient(settings.form.unit(), shape, slopes, filter.data(), to); });
  });
}

// Inputs x [B, H, W, C] and dy [B, h, w, D]; output the gradient of the filter [kh, kw, C, D].
void computeFilterGradient(void* kernel, TF_OpKernelContext* context) {
  const Settings& settings = *static_cast<Settings*>(kernel);
  Run run(context);
  const Array x = run.input(0), dy = run.input(1);
  if (!run.ok()) return;
  const std::vector<int64_t> sizes = x.shape();
  const StridedShape shape = {sizes[0],       sizes[1],      sizes[2],        sizes[3],        settings.height,
                              settings.width, dy.shape()[3], settings.stride, settings.padding};
  const Array dFilter = run.output(0, {shape.kernelHeight, shape.kernelWidth, shape.inputs, shape.outputs});
  if (!run.ok()) return;
  if (!settings.form.bf16()) {
    if (run.hasFloats({&x, &dy})) stridedFilterGradient(shape, plain(x.data()), dy.data(), dFilter.data());
    return;
  }
  x.with([&](auto* from) {
    dy.with(
        [&](auto* slopes) { bf16FilterGradient(settings.form.unit(), shape, plain(from), slopes, dFilter.data()); });
  });
}

}  // namespace

bool registerStridedConvolution() {
  const auto operation = [&](const char* name, std::vector<const char*> inputs, const char* output,
                             void (*compute)(void*, TF_OpKernelContext*)) {
    return registerOperation<Settings>({name, inputs, {output}, convolutionAttributes(), compute});
  };
  return operation("CarlStridedConvolution", {"x: X", "filter: float"}, "y: Y", computeConvolution) &&
         operation("CarlStridedConvolutionInputGradient", {"dy: X", "filter: float"}, "dx: Y", computeInputGradient) &&
         operation("CarlStridedConvolutionFilterGradient", {"x: X", "dy: Y"}, "d_filter: float", computeFilterGradient);
}

}  // namespace carl
