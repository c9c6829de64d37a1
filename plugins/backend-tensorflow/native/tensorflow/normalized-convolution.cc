#include "math/batch-norm.h"
#include "math/bf16-convolution.h"
#include "math/convolution.h"
#include "math/strided-convolution.h"
#include "tensorflow/convolution-settings.h"
#include "tensorflow/operation.h"
#include "tensorflow/registrations.h"

namespace carl {
namespace {

// Height and width are those of the filter.
struct Settings : ConvolutionSettings {
  const float epsilon;
  explicit Settings(const Attributes& of) : ConvolutionSettings(of), epsilon(of.real("epsilon")) {}
};

// The images of both operations, from the inputs x [B, H, W, C] and scale, offset, mean and variance [C].
class Source {
 public:
  Source(Run& run, float epsilon)
      : x_(run.input(0)), scale_(run.input(2)), offset_(run.input(3)), mean_(run.input(4)), variance_(run.input(5)) {
    if (run.ok()) factors_ = normalizationFactors(scale_.data(), variance_.data(), epsilon, x_.shape().back());
  }
  const Array& images() const { return x_; }
  NormalizedPixels<float> floats() const { return pixels(x_.data()); }
  // Calls work(pixels) with the normalised pixels of x, floats or numbers in bf16.
  template <typename Work>
  void with(const Work& work) const {
    x_.with([&](auto* x) { work(pixels(x)); });
  }
  StridedShape shape(const Settings& by, int64_t outputs) const {
    const std::vector<int64_t> sizes = x_.shape();
    return {sizes[0], sizes[1], sizes[2], sizes[3], by.height, by.width, outputs, by.stride, by.padding};
  }

 private:
  template <typename Number>
  NormalizedPixels<Number> pixels(const Number* x) const {
    return {x, mean_.data(), factors_.data(), offset_.data()};
  }
  const Array x_, scale_, offset_, mean_, variance_;
  std::vector<float> factors_;
};

ConvolutionShape minimalShape(const StridedShape& of) {
  return {of.images, of.height, of.width, of.inputs, of.outputs};
}

// Inputs x, the filter [kh, kw, C, D], scale, offset, mean and variance; output y [B, h, w, D].
void computeConvolution(void* kernel, TF_OpKernelContext* context) {
  const Settings& settings = *static_cast<Settings*>(kernel);
  Run run(context);
  const Source x(run, settings.epsilon);
  const Array filter = run.input(1);
  if (!run.ok()) return;
  const StridedShape shape = x.shape(settings, filter.shape()[3]);
  const Array y =
      run.output(0, {shape.images, shape.outputHeight(), shape.outputWidth(), shape.outputs}, settings.bf16Result);
  if (!run.ok()) return;
  if (settings.form.direct()) {
    if (run.hasFloats({&x.images(), &y})) stridedConvolve(shape, x.floats(), filter.data(), y.data());
    return;
  }
  x.with([&](const auto& pixels) {
    y.with([&](auto* to) {
      if (settings.form.bf16())
        bf16Convolve(settings.form.unit(), shape, pixels, filter.data(), to);
      else
        convolve(minimalShape(shape), pixels, filter.data(), to);
    });
  });
}

// Inputs x, dy [B, h, w, D], scale, offset, mean and variance; output the gradient of the filter [kh, kw, C, D].
void computeFilterGradient(void* kernel, TF_OpKernelContext* context) {
  const Settings& settings = *static_cast<Settings*>(kernel);
  Run run(context);
  const Source x(run, settings.epsilon);
  const Array dy = run.input(1);
  if (!run.ok()) return;
  const StridedShape shape = x.shape(settings, dy.shape()[3]);
  const Array dFilter = run.output(0, {shape.kernelHeight, shape.kernelWidth, shape.inputs, shape.outputs});
  if (!run.ok()) return;
  if (settings.form.direct()) {
    if (run.hasFloats({&x.images(), &dy})) stridedFilterGradient(shape, x.floats(), dy.data(), dFilter.data());
    return;
  }
  x.with([&](const auto& pixels) {
    dy.with([&](auto* slopes) {
      if (settings.form.bf16())
        bf16FilterGradient(settings.form.unit(), shape, pixels, slopes, dFilter.data());
      else
        convolutionFilterGradient(minimalShape(shape), pixels, slopes, dFilter.data());
    });
  });
}

}  // namespace

bool registerNormalizedConvolution() {
  std::vector<const char*> attributes = convolutionAttributes();
  attributes.push_back("epsilon: float");
  const auto operation = [&](const char* name, const char* second, const char* output,
                             void (*compute)(void*, TF_OpKernelContext*)) {
    return registerOperation<Settings>(
        {name,
         {"x: X", second, "scale: float", "offset: float", "mean: float", "variance: float"},
         {output},
         attributes,
         compute});
  };
  return operation("CarlNormalizedConvolution", "filter: float", "y: Y", computeConvolution) &&
         operation("CarlNormalizedConvolutionFilterGradient", "dy: Y", "d_filter: float", computeFilterGradient);
}

}  // namespace carl
