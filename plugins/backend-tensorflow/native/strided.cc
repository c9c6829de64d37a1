// Convolutions of any kernel, stride and zero padding, [B, H, W, C] -> [B, h, w, D] with C and D multiples of 16, and
// their gradients, as matrix products: for some places at a time the pixels that a place depends on are put side by
// side.
#include "strided.h"
#include <algorithm>
#include <vector>
#include "matrix-product.h"
#include "operation.h"
#include "scratch.h"
#include "threads.h"

namespace carl {
namespace {

// Places that are worked on together, and numbers of a place's pixels that a product takes at once.
constexpr int64_t kPlaces = 64, kDepth = 256;
// Numbers of a filter from which on threads share the outputs of its gradient, and in all of their own sums.
constexpr int64_t kMany = 1 << 18, kSums = 1 << 24;

struct Images {
  int64_t count, height, width, channels;
};

// A pixel that a place depends on, and the part of the filter it is multiplied by.
struct Tap {
  int64_t row, column, filter;
};

struct Place {
  int64_t image, row, column;
};

// Place (r, c) of an image is pixel (r step + top, c step + left) of what is computed, and depends on the pixels
// (r stride + tap.row, c stride + tap.column) of the source; those outside are zero.
struct Gather {
  Images source;
  int64_t rows, columns, stride;
  std::vector<Tap> taps;

  int64_t places() const { return source.count * rows * columns; }
  INLINE Place place(int64_t index) const { return {index / columns / rows, index / columns % rows, index % columns}; }
  int64_t depth() const { return static_cast<int64_t>(taps.size()) * source.channels; }
};

// Puts the pixels of places side by side: [places][depth], or for the gradient by the filter [depth / 16][kPlaces][16].
template <bool forGradient>
INLINE void gather(const Gather& at, const float* source, Range range, float* to) {
  const Images& images = at.source;
  const int64_t depth = at.depth();
  for (int64_t index = range.begin; index < range.end; index++) {
    const Place place = at.place(index);
    float* out = to + (index - range.begin) * (forGradient ? kLanes : depth);
    for (const Tap& tap : at.taps) {
      const int64_t y = place.row * at.stride + tap.row, x = place.column * at.stride + tap.column;
      const bool inside = y >= 0 && x >= 0 && y < images.height && x < images.width;
      const float* from = source + ((place.image * images.height + y) * images.width + x) * images.channels;
      for (int64_t c = 0; c < images.channels; c += kLanes, out += forGradient ? kPlaces * kLanes : kLanes)
        store(out, inside ? load(from + c) : Floats{});
    }
  }
}

// Where results of places go.
struct Scatter {
  int64_t height, width, channels, step, top, left;

  INLINE float* pixel(const Place& of, float* target) const {
    return target + ((of.image * height + of.row * step + top) * width + of.column * step + left) * channels;
  }
};

// The filter in panels of outputs, [panels][depth][panel]; or for the gradient by the images [C, D] turned round.
void pack(const Gather& at, const float* filter, int64_t outputs, bool turned, float* to) {
  const int64_t panel = panelOf(outputs), inputs = at.source.channels, depth = at.depth();
  const int parts = partsOf(outputs / panel);
  parallel(parts, [&](int part) {
    const Range own = rangeOf(outputs / panel, part, parts);
    for (int64_t first = own.begin * panel; first < own.end * panel; first += panel) {
      float* out = to + first * depth;
      for (const Tap& tap : at.taps) {
        const float* plane = filter + tap.filter * inputs * outputs;
        for (int64_t c = 0; c < inputs; c++, out += panel)
          for (int64_t d = 0; d < panel; d++)
            out[d] = turned ? plane[(first + d) * inputs + c] : plane[c * outputs + first + d];
      }
    }
  });
}

// Multiplies the pixels of all places by the packed filter.
void multiply(const Gather& at, const float* source, const float* filter, const Scatter& scatter, float* target) {
  const int64_t depth = at.depth(), panel = panelOf(scatter.channels), blocks = (at.places() + kPlaces - 1) / kPlaces;
  const int parts = partsOf(blocks);
  parallel(parts, [&](int part) {
    float* pixels = Scratch::ofThread().get(kPlaces * (depth + panel));
    float* sums = pixels + kPlaces * depth;
    const Range own = rangeOf(blocks, part, parts);
    withVectors([&](auto registers) INLINE_LAMBDA {
      for (int64_t i = own.begin; i < own.end; i++) {
        const Range places = {i * kPlaces, std::min((i + 1) * kPlaces, at.places())};
        const int64_t rows = groupsOf(places.end - places.begin);
        gather<false>(at, source, places, pixels);
        for (int64_t first = 0; first < scatter.channels; first += panel) {
          // Once at least: what depends on nothing is zero.
          for (int64_t k = 0; k == 0 || k < depth; k += kDepth) {
            const auto row = [&](int64_t place) INLINE_LAMBDA { return pixels + place * depth + k; };
            const float* b = filter + first * depth + k * panel;
            const int64_t deep = std::min(kDepth, depth - k);
            if (k == 0)
              registers.template panel<false>(panel, rows, deep, row, depth, 1, b, panel, sums, panel);
            else
              registers.template panel<true>(panel, rows, deep, row, depth, 1, b, panel, sums, panel);
          }
          for (int64_t place = places.begin; place < places.end; place++)
            for (int64_t d = 0; d < panel; d += kLanes)
              store(scatter.pixel(at.place(place), target) + first + d,
                    load(sums + (place - places.begin) * panel + d));
        }
      }
    });
  });
}

struct Settings {
  const int64_t height, width, stride, padding;
  explicit Settings(const Attributes& of)
      : height(of.whole("height")),
        width(of.whole("width")),
        stride(of.whole("stride")),
        padding(of.whole("padding")) {}
};

// What a place of the outputs depends on.
Gather forward(const Images& images, int64_t height, int64_t width, const Settings& settings) {
  const auto size = [&](int64_t length, int64_t kernel) {
    return (length + 2 * settings.padding - kernel) / settings.stride + 1;
  };
  Gather at = {images, size(images.height, height), size(images.width, width), settings.stride, {}};
  for (int64_t row = 0; row < height; row++)
    for (int64_t column = 0; column < width; column++)
      at.taps.push_back({row - settings.padding, column - settings.padding, row * width + column});
  return at;
}

// Inputs x [B, H, W, C] and the filter [kh, kw, C, D]; output y [B, h, w, D].
void convolution(void* kernel, TF_OpKernelContext* context) {
  const Settings& settings = *static_cast<Settings*>(kernel);
  Run run(context);
  const Array x = run.input(0), filter = run.input(1);
  if (!run.ok()) return;
  const std::vector<int64_t> from = x.shape(), sizes = filter.shape();
  const Gather at = forward({from[0], from[1], from[2], from[3]}, sizes[0], sizes[1], settings);
  const int64_t outputs = sizes[3];
  const Array y = run.output(0, {from[0], at.rows, at.columns, outputs});
  if (!run.ok()) return;
  SharedScratch shared;
  float* packed = shared.get(at.depth() * outputs);
  pack(at, filter.data(), outputs, false, packed);
  multiply(at, x.data(), packed, {at.rows, at.columns, outputs, 1, 0, 0}, y.data());
}

// The pixels of the images whose row and column have one remainder by the stride depend on the same taps.
Gather backward(const Images& dy, const std::vector<int64_t>& filter, const Settings& settings, int64_t top,
                int64_t left) {
  const int64_t stride = settings.stride;
  const auto places = [&](int64_t length, int64_t first) { return (length - first + stride - 1) / stride; };
  Gather at = {dy, places(settings.height, top), places(settings.width, left), 1, {}};
  for (int64_t row = 0; row < filter[0]; row++)
    for (int64_t column = 0; column < filter[1]; column++) {
      const int64_t y = top + settings.padding - row, x = left + settings.padding - column;
      if (y % stride == 0 && x % stride == 0) at.taps.push_back({y / stride, x / stride, row * filter[1] + column});
    }
  return at;
}

// Inputs dy [B, h, w, D] and the filter [kh, kw, C, D]; output dx [B, H, W, C].
void inputGradient(void* kernel, TF_OpKernelContext* context) {
  const Settings& settings = *static_cast<Settings*>(kernel);
  Run run(context);
  const Array dy = run.input(0), filter = run.input(1);
  if (!run.ok()) return;
  const std::vector<int64_t> from = dy.shape(), sizes = filter.shape();
  const int64_t channels = sizes[2], height = settings.height, width = settings.width;
  const Array dx = run.output(0, {from[0], height, width, channels});
  if (!run.ok()) return;
  SharedScratch shared;
  for (int64_t top = 0; top < std::min(settings.stride, height); top++)
    for (int64_t left = 0; left < std::min(settings.stride, width); left++) {
      const Gather at = backward({from[0], from[1], from[2], from[3]}, sizes, settings, top, left);
      float* packed = shared.get(at.depth() * channels);
      pack(at, filter.data(), channels, true, packed);
      multiply(at, dy.data(), packed, {height, width, channels, settings.stride, top, left}, dx.data());
    }
}

// Inputs x [B, H, W, C] and dy [B, h, w, D]; output the gradient of the filter [height, width, C, D].
void filterGradient(void* kernel, TF_OpKernelContext* context) {
  const Settings& settings = *static_cast<Settings*>(kernel);
  Run run(context);
  const Array x = run.input(0), dy = run.input(1);
  if (!run.ok()) return;
  const std::vector<int64_t> from = x.shape();
  const int64_t outputs = dy.shape()[3], panel = panelOf(outputs);
  const Gather at = forward({from[0], from[1], from[2], from[3]}, settings.height, settings.width, settings);
  const Array gradient = run.output(0, {settings.height, settings.width, from[3], outputs});
  if (!run.ok()) return;
  const int64_t depth = at.depth(), size = depth * outputs, blocks = (at.places() + kPlaces - 1) / kPlaces;
  // Small gradients are summed by each thread over its own places; of large ones each has outputs of its own.
  const int64_t sumsFor = std::min<int64_t>(threadCount(), std::max<int64_t>(1, kSums / size));
  const bool byOutputs = size >= kMany && outputs / panel >= sumsFor;
  const int64_t most = byOutputs ? outputs / panel : blocks;
  const int parts = partsOf(byOutputs ? most : std::min(sumsFor, most));
  SharedScratch shared;
  float* others = byOutputs ? nullptr : shared.get((parts - 1) * size);
  parallel(parts, [&](int part) {
    const Range own = rangeOf(most, part, parts);
    const Range mine = byOutputs ? Range{0, blocks} : own;
    const Range columns = byOutputs ? Range{own.begin * panel, own.end * panel} : Range{0, outputs};
    float* pixels = Scratch::ofThread().get(kPlaces * depth);
    float* sums = part == 0 || byOutputs ? gradient.data() : others + (part - 1) * size;
    for (int64_t row = 0; row < depth; row++)
      std::fill(sums + row * outputs + columns.begin, sums + row * outputs + columns.end, 0.0f);
    withVectors([&](auto registers) INLINE_LAMBDA {
      for (int64_t i = mine.begin; i < mine.end; i++) {
        const Range places = {i * kPlaces, std::min((i + 1) * kPlaces, at.places())};
        gather<true>(at, x.data(), places, pixels);
        const auto row = [&](int64_t k) INLINE_LAMBDA { return pixels + k / kLanes * kLanes * kPlaces + k % kLanes; };
        for (int64_t first = columns.begin; first < columns.end; first += panel)
          registers.template panel<true>(panel, depth, places.end - places.begin, row, 1, kLanes,
                                         dy.data() + places.begin * outputs + first, outputs, sums + first, outputs);
      }
    });
  });
  if (byOutputs) return;
  parallel(parts, [&](int part) {
    const Range own = rangeOf(size, part, parts);
    for (int other = 0; other < parts - 1; other++)
      for (int64_t i = own.begin; i < own.end; i++) gradient.data()[i] += others[other * size + i];
  });
}

}  // namespace

bool registerStrided() {
  // Height and width: of the images, where their gradient is asked for, else of the filter.
  const std::vector<const char*> attributes = {"height: int", "width: int", "stride: int", "padding: int"};
  const auto operation = [&](const char* name, std::vector<const char*> inputs, const char* output,
                             void (*compute)(void*, TF_OpKernelContext*)) {
    return registerOperation<Settings>({name, inputs, {output}, attributes, compute});
  };
  return vectors() != Vectors::none &&
         operation("CarlStridedConvolution", {"x: float", "filter: float"}, "y: float", convolution) &&
         operation("CarlStridedConvolutionInputGradient", {"dy: float", "filter: float"}, "dx: float", inputGradient) &&
         operation("CarlStridedConvolutionFilterGradient", {"x: float", "dy: float"}, "d_filter: float",
                   filterGradient);
}

}  // namespace carl
