#include "check.h"
#include "math/batch-norm.h"
#include "math/bf16-convolution.h"
#include "math/convolution.h"
#include "math/strided-convolution.h"
#include "math/vectors.h"

using namespace carl;
using namespace check;

namespace {

struct Expected {
  Reference y, dx, dFilter;
};

// Computes a convolution and both gradients by direct sums.
Expected direct(const StridedShape& s, const Array& x, const Array& filter, const Array& dy) {
  const int64_t height = s.outputHeight(), width = s.outputWidth();
  Expected to = {Reference(dy.size()), Reference(x.size()), Reference(filter.size())};
  for (int64_t image = 0; image < s.images; image++)
    for (int64_t position = 0; position < height * width; position++)
      for (int64_t tap = 0; tap < s.kernelHeight * s.kernelWidth; tap++) {
        const int64_t row = position / width * s.stride + tap / s.kernelWidth - s.padding;
        const int64_t column = position % width * s.stride + tap % s.kernelWidth - s.padding;
        if (row < 0 || column < 0 || row >= s.height || column >= s.width) continue;
        const int64_t pixel = ((image * s.height + row) * s.width + column) * s.inputs;
        const int64_t output = (image * height * width + position) * s.outputs;
        const float *in = &x[pixel], *slope = &dy[output];
        double *dIn = &to.dx[pixel], *out = &to.y[output];
        for (int64_t c = 0; c < s.inputs; c++) {
          const int64_t weights = (tap * s.inputs + c) * s.outputs;
          const float* weight = &filter[weights];
          double* dWeight = &to.dFilter[weights];
          const double value = in[c];
          double sum = 0;
          for (int64_t d = 0; d < s.outputs; d++) {
            out[d] += value * weight[d];
            dWeight[d] += value * slope[d];
            sum += double(weight[d]) * slope[d];
          }
          dIn[c] += sum;
        }
      }
  return to;
}

struct Tensors {
  Array x, filter, dy;
};

Tensors randomTensors(const StridedShape& s) {
  const int64_t positions = s.images * s.outputHeight() * s.outputWidth();
  return {randomArray(s.images * s.height * s.width * s.inputs, 1),
          randomArray(s.kernelHeight * s.kernelWidth * s.inputs * s.outputs, 2), randomArray(positions * s.outputs, 3)};
}

using Compute = std::function<void(float*)>;

// Compares a function with its reference, and a second call with the first.
void compare(const std::string& name, const Reference& expected, const Compute& compute) {
  Array first(expected.size(), NAN), second(expected.size(), NAN);
  compute(first.data());
  compute(second.data());
  expectClose(name, first, expected, 1e-5);
  expect(first == second, name + " repeats");
}

// Rounds to 8 bits of precision.
Array rounded(Array values) {
  for (float& value : values) {
    int exponent;
    const double fraction = std::frexp(value, &exponent);
    value = static_cast<float>(std::ldexp(std::nearbyint(std::ldexp(fraction, 8)), exponent - 8));
  }
  return values;
}

// Images that are normalised and rectified, and the numbers of each channel to do so while they are read.
struct Normalized {
  Array x, mean, factor, offset;
  template <typename Number>
  NormalizedPixels<Number> pixels(const Number* of) const {
    return {of, mean.data(), factor.data(), offset.data()};
  }
};

Normalized normalized(const Array& x, int64_t channels) {
  constexpr float kEpsilon = 1e-3f;
  Array scale = randomArray(channels, 4);
  Array offset = randomArray(channels, 5);
  const Array mean = randomArray(channels, 6), variance(channels, 2.0f);
  // Pixels beyond the image must stay zero with any factor.
  scale[0] = 0;
  offset[0] = 1;
  Array y(x.size());
  normalizeChannels<float>({static_cast<int64_t>(x.size()) / channels, channels}, kEpsilon, true,
                           {x.data(), scale.data(), offset.data(), nullptr, mean.data(), variance.data()}, y.data());
  return {y, mean, normalizationFactors(scale.data(), variance.data(), kEpsilon, channels), offset};
}

// Compares the results for images that are normalised while they are read with those for normalised images. The passes
// take images of either kind.
template <typename Shape, typename Forward, typename FilterGradient>
void checkNormalizedPasses(const std::string& name, const Shape& s, const Tensors& t, const Forward& forward,
                           const FilterGradient& filterGradient) {
  const Normalized n = normalized(t.x, s.inputs);
  const auto check = [&](const char* result, const auto& pass, const Array& other, size_t count) {
    Array expected(count, NAN), found(count, NAN);
    pass(s, plain(n.x.data()), other.data(), expected.data());
    pass(s, n.pixels(t.x.data()), other.data(), found.data());
    expectClose(name + result + " of images normalised while they are read", found,
                Reference(expected.begin(), expected.end()), 1e-5);
  };
  forEachConfiguration([&] {
    check("y", forward, t.filter, t.dy.size());
    check("dFilter", filterGradient, t.dy, t.filter.size());
  });
}

// Compares the results of passes that take or give numbers in bf16 with those for floats. The tensors are numbers that
// bf16 holds.
template <typename Shape, typename Forward, typename InputGradient, typename FilterGradient>
void checkBf16Numbers(const std::string& name, const Shape& s, const Tensors& t, const Forward& forward,
                      const InputGradient& inputGradient, const FilterGradient& filterGradient) {
  const Normalized n = normalized(t.x, s.inputs);
  const Bf16Array x = bf16Of(t.x), dy = bf16Of(t.dy);
  const auto compareBoth = [&](const char* result, size_t count, const Array& source, const Bf16Array& stored,
                               const auto& pass) {
    Array expected(count, NAN), found(count, NAN);
    Bf16Array rounded(count), both(count);
    pass(source.data(), expected.data());
    pass(stored.data(), found.data());
    pass(source.data(), rounded.data());
    pass(stored.data(), both.data());
    const Reference reference(expected.begin(), expected.end());
    expectClose(name + result + " of numbers in bf16", found, reference, 1e-5);
    expectClose(name + result + " in bf16", floatsOf(rounded), reference, kBf16Tolerance);
    expectClose(name + result + " in bf16 of numbers in bf16", floatsOf(both), reference, kBf16Tolerance);
  };
  compareBoth("y", t.dy.size(), t.x, x, [&](auto* from, auto* to) { forward(s, plain(from), t.filter.data(), to); });
  compareBoth("normalised y", t.dy.size(), t.x, x,
              [&](auto* from, auto* to) { forward(s, n.pixels(from), t.filter.data(), to); });
  compareBoth("dx", t.x.size(), t.dy, dy, [&](auto* from, auto* to) { inputGradient(s, from, t.filter.data(), to); });
  const auto compareFilters = [&](const auto& pixels, const auto& pixelsInBf16) {
    Array expected(t.filter.size(), NAN), found(t.filter.size(), NAN);
    filterGradient(s, pixels, t.dy.data(), expected.data());
    for (const bool both : {false, true}) {
      both ? filterGradient(s, pixelsInBf16, dy.data(), found.data())
           : filterGradient(s, pixels, dy.data(), found.data());
      expectClose(name + "dFilter of numbers in bf16", found, Reference(expected.begin(), expected.end()), 1e-5);
    }
  };
  compareFilters(plain(t.x.data()), plain(x.data()));
  compareFilters(n.pixels(t.x.data()), n.pixels(x.data()));
}

void checkConvolution(const ConvolutionShape& s) {
  const StridedShape same = {s.images, s.height, s.width, s.inputs, 3, 3, s.outputs, 1, 1};
  const Tensors t = randomTensors(same);
  const Expected expected = direct(same, t.x, t.filter, t.dy);
  const std::string shape = text({s.images, s.height, s.width, s.inputs, s.outputs});
  forEachConfiguration([&] {
    compare("y of " + shape, expected.y, [&](float* y) { convolve(s, plain(t.x.data()), t.filter.data(), y); });
    compare("dx of " + shape, expected.dx,
            [&](float* dx) { convolutionInputGradient(s, t.dy.data(), t.filter.data(), dx); });
    compare("dFilter of " + shape, expected.dFilter,
            [&](float* dFilter) { convolutionFilterGradient(s, plain(t.x.data()), t.dy.data(), dFilter); });
  });
  const auto forward = [](const auto&... given) { convolve(given...); };
  const auto inputGradient = [](const auto&... given) { convolutionInputGradient(given...); };
  const auto filterGradient = [](const auto&... given) { convolutionFilterGradient(given...); };
  checkNormalizedPasses(shape + ", ", s, t, forward, filterGradient);
  checkBf16Numbers(shape + ", ", s, {rounded(t.x), t.filter, rounded(t.dy)}, forward, inputGradient, filterGradient);
}

using Pass = std::function<void(const StridedShape&, const float*, const float*, float*)>;

// The pass of images as they are, of one that takes pixels.
template <typename Of>
Pass onFloats(const Of& pass) {
  return [=](const StridedShape& s, const float* x, const float* other, float* to) { pass(s, plain(x), other, to); };
}

// A convolution and both of its gradients.
struct Passes {
  Pass forward, inputGradient, filterGradient;
};

// Compares passes with the results that are expected for the tensors.
void comparePasses(const std::string& kind, const StridedShape& s, const Passes& passes, const Tensors& t,
                   const Expected& expected) {
  const std::string shape = kind +
                            text({s.images, s.height, s.width, s.inputs, s.kernelHeight, s.kernelWidth, s.outputs}) +
                            ", stride " + std::to_string(s.stride) + ", padding " + std::to_string(s.padding);
  forEachConfiguration([&] {
    compare("y of " + shape, expected.y, [&](float* y) { passes.forward(s, t.x.data(), t.filter.data(), y); });
    compare("dx of " + shape, expected.dx,
            [&](float* dx) { passes.inputGradient(s, t.dy.data(), t.filter.data(), dx); });
    compare("dFilter of " + shape, expected.dFilter,
            [&](float* dFilter) { passes.filterGradient(s, t.x.data(), t.dy.data(), dFilter); });
  });
}

void checkStrided(const StridedShape& s) {
  const Tensors t = randomTensors(s);
  const auto forward = [](const auto&... given) { stridedConvolve(given...); };
  const auto filterGradient = [](const auto&... given) { stridedFilterGradient(given...); };
  comparePasses("", s, {onFloats(forward), stridedInputGradient, onFloats(filterGradient)}, t,
                direct(s, t.x, t.filter, t.dy));
  checkNormalizedPasses("strided, ", s, t, forward, filterGradient);
}

// The units for bf16 of this processor, or both where they are emulated.
std::vector<Bf16Unit> units() {
  if (kHasBf16 && !__builtin_cpu_supports("amx-bf16")) return {Bf16Unit::vectors};
  return {Bf16Unit::vectors, Bf16Unit::tiles};
}

// Products of numbers in bf16 are exact in float, so the results are those of rounded arguments.
void checkBf16(const StridedShape& s) {
  const Tensors t = randomTensors(s);
  const Expected expected = direct(s, rounded(t.x), rounded(t.filter), rounded(t.dy));
  for (const Bf16Unit unit : units()) {
    const std::string kind = unit == Bf16Unit::tiles ? "bf16 on tiles, " : "bf16, ";
    const auto forward = [unit](const auto&... given) { bf16Convolve(unit, given...); };
    const auto filterGradient = [unit](const auto&... given) { bf16FilterGradient(unit, given...); };
    const auto inputGradient = [unit](const auto&... given) { bf16InputGradient(unit, given...); };
    comparePasses(kind, s, {onFloats(forward), inputGradient, onFloats(filterGradient)}, t, expected);
    checkNormalizedPasses(kind, s, t, forward, filterGradient);
    checkBf16Numbers(kind, s, {rounded(t.x), t.filter, rounded(t.dy)}, forward, inputGradient, filterGradient);
  }
}

}  // namespace

TEST(smallImages, "convolutions of images of all small sizes") {
  for (int64_t height = 1; height <= 7; height++)
    for (int64_t width = 1; width <= 7; width += 2) checkConvolution({2, height, width, 16, 32});
}

TEST(channels, "convolutions of several numbers of channels") {
  for (int64_t inputs : {16, 32, 48, 80})
    for (int64_t outputs : {16, 48, 64}) checkConvolution({3, 5, 6, inputs, outputs});
}

TEST(fewestChannels, "convolutions of as many channels as a vector has numbers, and of three times as many") {
  for (int64_t inputs : {kLanes, 3 * kLanes})
    for (int64_t outputs : {kLanes, 3 * kLanes}) {
      checkConvolution({3, 5, 6, inputs, outputs});
      checkConvolution({9, 17, 19, inputs, outputs});
      checkStrided({2, 6, 9, inputs, 3, 3, outputs, 2, 1});
      checkStrided({9, 14, 15, inputs, 1, 1, outputs, 2, 0});
    }
}

TEST(manyTiles, "convolutions of several blocks of tiles") {
  checkConvolution({1, 1, 1, 16, 16});
  checkConvolution({9, 17, 19, 16, 16});
  checkConvolution({5, 28, 28, 16, 48});
}

// So many channels that threads share the outputs; in the last case the tiles take two rounds.
TEST(manyChannels, "convolutions of many channels") {
  checkConvolution({3, 4, 5, 128, 144});
  checkConvolution({2, 3, 3, 32, 512});
  checkConvolution({140, 1, 1, 1024, 16});
}

TEST(strided, "strided convolutions") {
  for (int64_t kernel : {1, 2, 3, 5})
    for (int64_t stride : {1, 2, 3})
      for (int64_t padding : {int64_t{0}, kernel / 2}) {
        checkStrided({2, 6, 9, 16, kernel, kernel, 32, stride, padding});
        checkStrided({1, 7, 5, 48, kernel, kernel, 16, stride, padding});
      }
}

TEST(stridedExtremes, "strided convolutions of unusual shapes") {
  checkStrided({1, 1, 1, 16, 1, 1, 16, 1, 0});
  checkStrided({1, 1, 1, 16, 3, 3, 16, 2, 1});
  checkStrided({2, 5, 4, 16, 3, 1, 16, 2, 1});
  checkStrided({1, 9, 8, 16, 1, 3, 16, 4, 0});
  // More than one block of positions for each thread.
  checkStrided({9, 14, 15, 16, 3, 3, 32, 2, 1});
  // A filter so large that threads share the outputs of its gradient.
  checkStrided({2, 5, 5, 176, 3, 3, 176, 2, 1});
}

TEST(bf16Rounding, "rounding to bf16") {
  for (int64_t count : {1, 15, 40003}) {
    const Array x = randomArray(count, 1, 3);
    forEachConfiguration([&] {
      Array y(x.size(), NAN);
      roundToBf16(count, x.data(), y.data());
      expect(y == rounded(x), "rounds " + std::to_string(count) + " values");
    });
  }
  // Ties go to the even number, and what is not finite stays.
  const Array special = {1 + 1 / 256.0f, 1 + 3 / 256.0f, -0.0f, INFINITY, -INFINITY, 3.4e38f, NAN};
  const Array expected = {1, 1 + 1 / 64.0f, -0.0f, INFINITY, -INFINITY, INFINITY};
  Array y(special.size());
  roundToBf16(static_cast<int64_t>(special.size()), special.data(), y.data());
  for (size_t i = 0; i < expected.size(); i++) expect(y[i] == expected[i], "rounds " + text(special[i]));
  expect(std::signbit(y[2]) && std::isnan(y.back()), "keeps -0 and NaN");
}

TEST(bf16, "convolutions in bf16") {
  for (int64_t kernel : {1, 2, 3})
    for (int64_t stride : {1, 2, 3})
      for (int64_t padding : {int64_t{0}, kernel / 2}) {
        checkBf16({2, 6, 9, 16, kernel, kernel, 32, stride, padding});
        checkBf16({1, 7, 5, 48, kernel, kernel, 16, stride, padding});
      }
}

TEST(bf16Extremes, "convolutions in bf16 of unusual shapes") {
  checkBf16({1, 1, 1, 16, 1, 1, 16, 1, 0});
  checkBf16({1, 1, 1, 16, 3, 3, 16, 2, 1});
  checkBf16({2, 5, 4, 16, 3, 1, 16, 2, 1});
  checkBf16({1, 9, 8, 16, 1, 3, 48, 4, 0});
  // A linear layer.
  checkBf16({1, 150, 1, 80, 1, 1, 112, 1, 0});
  // Several blocks of positions for each thread, also for the gradient of the filter.
  checkBf16({9, 14, 15, 16, 3, 3, 32, 1, 1});
  // So few positions that threads share the entries of the gradient of the filter, in more than one chunk.
  checkBf16({2, 5, 5, 240, 3, 3, 48, 1, 1});
  // The same, with more positions than are transposed at a time.
  checkBf16({1, 1100, 1, 80, 1, 1, 112, 1, 0});
}
