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
  normalizeChannels<float>(
      shapeOf(sizes), settings.epsilon, settings.relu,
      {x.data(), scale.data(), offset.data(), settings.add ? shortcut.data() : nullptr, mean.data(), variance.data()},
      y.data());
}

struct SumSettings {
  const bool relu;
  explicit SumSettings(const Attributes& of) : relu(of.flag("relu")) {}
};

// Inputs dy, x, y (read only with `relu`), mean; outputs sum [C], along [C] and, with `relu`, g shaped as x (empty
// without it).
void computeSums(void* kernel, TF_OpKernelContext* context) {
  const bool relu = static_cast<SumSettings*>(kernel)->relu;
  Run run(context);
  const Array dy = run.input(0), x = run.input(1), y = run.input(2), mean = run.input(3);
  if (!run.ok()) return;
  const std::vector<int64_t> sizes = x.shape(), empty = {0};
  const BatchNormShape shape = shapeOf(sizes);
  const Array sum = run.output(0, {shape.channels}), along = run.output(1, {shape.channels}),
              g = run.output(2, relu ? sizes : empty);
  if (!run.ok()) return;
  sumGradients(shape, relu, {dy.data(), x.data(), y.data(), mean.data(), sum.data(), along.data(), g.data()});
}

struct EpsilonSettings {
  const float epsilon;
  explicit EpsilonSettings(const Attributes& of) : epsilon(of.real("epsilon")) {}
};

// Inputs g, x, scale, mean, variance, average, along; output dx.
void computeInputGradient(void* kernel, TF_OpKernelContext* context) {
  Run run(context);
  const Array g = run.input(0), x = run.input(1), scale = run.input(2), mean = run.input(3), variance = run.input(4),
              average = run.input(5), along = run.input(6);
  if (!run.ok()) return;
  const std::vector<int64_t> sizes = x.shape();
  const Array dx = run.output(0, sizes);
  if (!run.ok()) return;
  normalizedInputGradient(
      shapeOf(sizes), static_cast<EpsilonSettings*>(kernel)->epsilon,
      {g.data(), x.data(), scale.data(), mean.data(), variance.data(), average.data(), along.data(), dx.data()});
}

bool registerStages() {
  return registerOperation(
             {"CarlChannelMoments", {"x: X"}, {"mean: float", "variance: float"}, {kTypeX}, computeMoments}) &&
         registerOperation<Settings>(
             {"CarlNormalizeChannels",
              {"x: float", "scale: float", "offset: float", "shortcut: float", "mean: float", "variance: float"},
              {"y: float"},
              {"epsilon: float", "relu: bool", "add: bool"},
              computeNormalized}) &&
         registerOperation<SumSettings>({"CarlSumGradients",
                                         {"dy: float", "x: float", "y: float", "mean: float"},
                                         {"sum: float", "along: float", "g: float"},
                                         {"relu: bool"},
                                         computeSums}) &&
         registerOperation<EpsilonSettings>({"CarlNormalizedInputGradient",
                                             {"g: float", "x: float", "scale: float", "mean: float", "variance: float",
                                              "average: float", "along: float"},
                                             {"dx: float"},
                                             {"epsilon: float"},
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
