// Convolutions as matrix products: for some output positions at a time, the pixels that each depends on are copied side
// by side into a row.
#pragma once
#include <cstdint>
#include <vector>
#include "math/pixels.h"
#include "math/threads.h"
#include "math/vectors.h"

namespace carl {

// Number of positions in a block.
constexpr int64_t kBlockPositions = 64;

struct Images {
  int64_t count, height, width, channels;
};

// One pixel that a position depends on, as an offset, and the index of the filter pixel that multiplies it.
struct Tap {
  int64_t row, column, filter;
};

struct Position {
  int64_t image, row, column;
};

// The dependence of a grid of positions on source images: position (r, c) depends on the pixels
// (r * stride + tap.row, c * stride + tap.column). Pixels beyond the image are zero.
struct Gather {
  Images source;
  int64_t rows, columns, stride;
  std::vector<Tap> taps;

  int64_t positions() const { return source.count * rows * columns; }
  int64_t blocks() const { return (positions() + kBlockPositions - 1) / kBlockPositions; }
  int64_t depth() const { return static_cast<int64_t>(taps.size()) * source.channels; }
  INLINE Range block(int64_t index) const {
    const int64_t end = (index + 1) * kBlockPositions;
    return {index * kBlockPositions, end < positions() ? end : positions()};
  }
  INLINE Position position(int64_t index) const {
    return {index / columns / rows, index / columns % rows, index % columns};
  }
  // Returns the pixel of a tap, or null for one beyond the image.
  template <typename Number>
  INLINE const Number* pixel(const Position& of, const Tap& tap, const Number* images) const {
    const int64_t y = of.row * stride + tap.row, x = of.column * stride + tap.column;
    const bool inside = y >= 0 && x >= 0 && y < source.height && x < source.width;
    return inside ? images + ((of.image * source.height + y) * source.width + x) * source.channels : nullptr;
  }
};

// Copies the pixels of a block of positions to a matrix [positions][depth], or to [depth /
// kLanes][kBlockPositions][kLanes] for the gradient of the filter.
template <bool forGradient, typename Pixels>
INLINE void gather(const Gather& at, const Pixels& source, Range range, float* to) {
  const int64_t channels = at.source.channels, depth = at.depth();
  for (int64_t index = range.begin; index < range.end; index++) {
    const Position position = at.position(index);
    float* out = to + (index - range.begin) * (forGradient ? kLanes : depth);
    for (const Tap& tap : at.taps) {
      const auto* from = at.pixel(position, tap, source.data);
      for (int64_t c = 0; c < channels; c += kLanes, out += forGradient ? kBlockPositions * kLanes : kLanes)
        store(out, from ? source.reader(c)(from + c) : Floats{});
    }
  }
}

// The target pixel of each position: (r * step + top, c * step + left).
struct Scatter {
  int64_t height, width, channels, step, top, left;

  template <typename Number>
  INLINE Number* pixel(const Position& of, Number* target) const {
    return target + ((of.image * height + of.row * step + top) * width + of.column * step + left) * channels;
  }
};

}  // namespace carl
