// How convolutions read the pixels of their images: as they are, or normalised and rectified on the way. Pixels are
// floats or numbers in bf16.
#pragma once
#include "math/batch-norm-loops.h"
#include "math/bf16.h"

namespace carl {

// Images as they are.
template <typename Number>
struct PlainPixels {
  // Whether zero, as which pixels beyond the image are read, stays zero.
  static constexpr bool kKeepsZero = true;
  const Number* data;

  struct Reader {
    INLINE Floats operator()(const Number* from) const { return load(from); }
  };
  // Returns the function that reads a vector of channels, the first of which is `channel`.
  INLINE Reader reader(int64_t) const { return {}; }
};

template <typename Number>
PlainPixels<Number> plain(const Number* images) {
  return {images};
}

// The relu of (x - mean) factor + offset, of which mean, factor and offset have one number for each channel.
template <typename Number>
struct NormalizedPixels {
  static constexpr bool kKeepsZero = false;
  const Number* data;
  const float *mean, *factor, *offset;

  struct Reader {
    const Floats mean, factor, offset;
    INLINE Floats operator()(const Number* from) const { return rectified((load(from) - mean) * factor + offset); }
  };
  INLINE Reader reader(int64_t channel) const {
    return {load(mean + channel), load(factor + channel), load(offset + channel)};
  }
};

}  // namespace carl
