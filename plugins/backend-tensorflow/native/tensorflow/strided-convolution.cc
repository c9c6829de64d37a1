#include "math/strided-convolution.h"
#include "math/bf16-convolution.h"
#include "tensorflow/convolution-form.h"
#include "tensorflow/operation.h"
#include "tensorflow/registrations.h"

namespace carl {
namespace {

// Height and width are those of the images for the gradient of the images, and those of the filter for the gradient of
// the filter.
struct Settings {
  const int64_t height, width, stride, padding;
  const ConvolutionForm form;
  explicit Settings(const Attributes& of)
      : height(of.integer("height")),
        width(of.integer("width")),
        stride(of.integer("stride")),
        padding(of.integer("padding")),
        form(of) {}
};

// Inputs x [B, H, W, C] and the filter [kh, kw, C, D]; output y [B, h, w, D].
void computeConvolution(void* kernel, TF_OpKernelContext* context) {
  const Settings& settings = *static_cast<Settings*>(kernel);
  Run run(context);
  const Array x = run.input(0), filter = run.input(1);
  if (!run.ok()) return;
  const std::vector<int64_t> sizes = x.shape(), filterSizes = filter.shape();
  const StridedShape shape = {sizes[0],       sizes[1],       sizes[2],        sizes[3],        filterSizes[0],
                              filterSizes[1], filterSizes[3], settings.stride, settings.padding};
  const Array y = run.output(0, {shape.images, shape.outputHeight(), shape.outputWidth(), shape.outputs});
  if (!run.ok()) return;
  if (settings.form.bf16())
    bf16Convolve(settings.form.unit(), shape, x.data(), filter.data(), y.data());
  else
    stridedConvolve(shape, x.data(), filter.data(), y.data());
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
  const Array dx = run.output(0, {shape.images, shape.height, shape.width, shape.inputs});
  if (!run.ok()) return;
  if (settings.form.bf16())
    bf16InputGradient(settings.form.unit(), shape, dy.data(), filter.data(), dx.data());
  else
    stridedInputGradient(shape, dy.data(), filter.data(), dx.data());
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
  if (settings.form.bf16())
    bf16FilterGradient(settings.form.unit(), shape, x.data(), dy.data(), dFilter.data());
  else
    stridedFilterGradient(shape, x.data(), dy.data(), dFilter.data());
}

}  // namespace

bool registerStridedConvolution() {
  const std::vector<const char*> attributes = {"height: int", "width: int", "stride: int", "padding: int",
                                               "form: string"};
  const auto operation = [&](const char* name, std::vector<const char*> inputs, const char* output,
                             void (*compute)(void*, TF_OpKernelContext*)) {
    return registerOperation<Settings>({name, inputs, {output}, attributes, compute});
  };
  return operation("CarlStridedConvolution", {"x: float", "filter: float"}, "y: float", computeConvolution) &&
         operation("CarlStridedConvolutionInputGradient", {"dy: float", "filter: float"}, "dx: float",
                   computeInputGradient) &&
         operation("CarlStridedConvolutionFilterGradient", {"x: float", "dy: float"}, "d_filter: float",
                   computeFilterGradient);
}

}  // namespace carl
