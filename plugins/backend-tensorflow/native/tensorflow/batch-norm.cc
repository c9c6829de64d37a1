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
  x.with([&](auto* from) {
    batchNorm<std::remove_pointer_t<decltype(from)>>(
        shape, settings.epsilon, settings.relu,
        {from, scale.data(), offset.data(), settings.add ? shortcut.data() : nullptr, y.data(), mean.data(),
         variance.data()});
  });
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
  const Array dx = run.output(0, sizes, x.isBf16()), dScale = run.output(1, {shape.channels}),
              dOffset = run.output(2, {shape.channels}), dShortcut = run.output(3, settings.add ? sizes : empty);
  if (!run.ok()) return;
  x.with([&](auto* from) {
    dy.with([&](auto* slopes) {
      using X = std::remove_pointer_t<decltype(from)>;
      batchNormGradient<X, std::remove_pointer_t<decltype(slopes)>>(
          shape, settings.epsilon, settings.relu,
          {slopes, from, y.data(), scale.data(), offset.data(), mean.data(), variance.data(), dx.numbers<X>(),
           dScale.data(), dOffset.data(), settings.add ? dShortcut.data() : nullptr});
    });
  });
}

// Input x [..., C]; outputs mean [C], variance [C].
void computeMoments(void*, TF_OpKernelContext* context) {
  Run run(context);
  const Array x = run.input(0);
  if (!run.ok()) return;
  const BatchNormShape shape = shapeOf(x.shape());
  const Array mean = run.output(0, {shape.channels}), variance = run.output(1, {shape.channels});
  if (!run.ok()) return;
  x.with([&](auto* from) { channelMoments(shape, from, mean.data(), variance.data()); });
}

// Inputs x, scale, offset, shortcut (as above), mean, variance; output y.
void computeNormalized(void* kernel, TF_OpKernelContext* context) {
  const Settings& settings = *static_cast<Settings*>(kernel);
  Run run(context);
  const Array x = run.input(0), scale = run.input(1), offset = run.input(2), shortcut = run.input(3);
  const Array mean = run.input(4), variance = run.input(5);
  if (!run.ok()) return;
  const std::vector<int64_t> sizes = x.shape();
  const Array y = run.output(0, sizes);
  if (!run.ok()) return;
  x.with([&](auto* from) {
    normalizeChannels<std::remove_pointer_t<decltype(from)>>(
        shapeOf(sizes), settings.epsilon, settings.relu,
        {from, scale.data(), offset.data(), settings.add ? shortcut.data() : nullptr, mean.data(), variance.data()},
        y.data());
  });
}

// Inputs as of computeGradient; outputs the gradients of scale, offset and shortcut (empty without `add`), summed over
// the rows of this worker.
void computeSums(void* kernel, TF_OpKernelContext* context) {
  const Settings& settings = *static_cast<Settings*>(kernel);
  Run run(context);
  const Array dy = run.input(0), x = run.input(1), y = run.input(2), scale = run.input(3), offset = run.input(4);
  const Array mean = run.input(5), variance = run.input(6);
  if (!run.ok()) return;
  const std::vector<int64_t> sizes = x.shape(), empty = {0};
  const BatchNormShape shape = shapeOf(sizes);
  const Array dScale = run.output(0, {shape.channels}), dOffset = run.output(1, {shape.channels}),
              dShortcut = run.output(2, settings.add ? sizes : empty);
  if (!run.ok()) return;
  x.with([&](auto* from) {
    dy.with([&](auto* slopes) {
      using X = std::remove_pointer_t<decltype(from)>;
      batchNormSums<X, std::remove_pointer_t<decltype(slopes)>>(
          shape, settings.epsilon, settings.relu,
          {slopes, from, y.data(), scale.data(), offset.data(), mean.data(), variance.data(), nullptr, dScale.data(),
           dOffset.data(), settings.add ? dShortcut.data() : nullptr});
    });
  });
}

struct InputSettings {
  const float epsilon;
  const bool relu;
  explicit InputSettings(const Attributes& of) : epsilon(of.real("epsilon")), relu(of.flag("relu")) {}
};

// Inputs g, x, scale, offset, mean, variance, and the gradients of offset and scale divided by the rows of all workers;
// output dx.
void computeInputGradient(void* kernel, TF_OpKernelContext* context) {
  const InputSettings& settings = *static_cast<InputSettings*>(kernel);
  Run run(context);
  const Array g = run.input(0), x = run.input(1), scale = run.input(2), offset = run.input(3), mean = run.input(4);
  const Array variance = run.input(5), dOffset = run.input(6), dScale = run.input(7);
  if (!run.ok()) return;
  const std::vector<int64_t> sizes = x.shape();
  const Array dx = run.output(0, sizes, x.isBf16());
  if (!run.ok()) return;
  x.with([&](auto* from) {
    g.with([&](auto* slopes) {
      using X = std::remove_pointer_t<decltype(from)>;
      batchNormInputGradient<X, std::remove_pointer_t<decltype(slopes)>>(
          shapeOf(sizes), settings.epsilon, settings.relu,
          {slopes, from, scale.data(), offset.data(), mean.data(), variance.data(), dOffset.data(), dScale.data(),
           dx.numbers<X>()});
    });
  });
}

bool registerStages() {
  return registerOperation(
             {"CarlChannelMoments", {"x: X"}, {"mean: float", "variance: float"}, {kTypeX}, computeMoments}) &&
         registerOperation<Settings>(
             {"CarlNormalizeChannels",
              {"x: X", "scale: float", "offset: float", "shortcut: float", "mean: float", "variance: float"},
              {"y: float"},
              {"epsilon: float", "relu: bool", "add: bool", kTypeX},
              computeNormalized}) &&
         registerOperation<Settings>(
             {"CarlBatchNormSums",
              {"dy: Y", "x: X", "y: float", "scale: float", "offset: float", "mean: float", "variance: float"},
              {"d_scale: float", "d_offset: float", "d_shortcut: float"},
              {"epsilon: float", "relu: bool", "add: bool", kTypeX, kTypeY},
              computeSums}) &&
         registerOperation<InputSettings>({"CarlBatchNormInputGradient",
                                           {"g: Y", "x: X", "scale: float", "offset: float", "mean: float",
                                            "variance: float", "d_offset: float", "d_scale: float"},
                                           {"dx: X"},
                                           {"epsilon: float", "relu: bool", kTypeX, kTypeY},
                                           computeInputGradient});
}

}  // namespace

bool registerBatchNorm() {
  const std::vector<const char*> attributes = {"epsilon: float", "relu: bool", "add: bool", kTypeX};
  return registerOperation<Settings>({"CarlBatchNorm",
                                      {"x: X", "scale: float", "offset: float", "shortcut: float"},
                                      {"y: float", "mean: float", "variance: float"},
                                      attributes,
                                      computeBatchNorm}) &&
         registerOperation<Settings>(
             {"CarlBatchNormGrad",
              {"dy: Y", "x: X", "y: float", "scale: float", "offset: float", "mean: float", "variance: float"},
              {"dx: X", "d_scale: float", "d_offset: float", "d_shortcut: float"},
              {"epsilon: float", "relu: bool", "add: bool", kTypeX, kTypeY},
              computeGradient}) &&
         registerStages();
}

}  // namespace carl
