// How convolutions read the pixels of their images: as they are, or normalised and rectified on the way.
#pragma once
#include "math/batch-norm-loops.h"

namespace carl {

// Images as they are.
struct PlainPixels {
  // Whether zero, as which pixels beyond the image are read, stays zero.
  static constexpr bool kKeepsZero = true;
  const float* data;

  struct Reader {
    INLINE Floats operator()(const float* from) const { return load(from); }
  };
  // Returns the function that reads a vector of channels, the first of which is `channel`.
  INLINE Reader reader(int64_t) const { return {}; }
};

// The relu of (x - mean) factor + offset, of which mean, factor and offset have one number for each channel.
struct NormalizedPixels {
  static constexpr bool kKeepsZero = false;
  const float *data, *mean, *factor, *offset;

  struct Reader {
    const Floats mean, factor, offset;
    INLINE Floats operator()(const float* from) const { return rectified((load(from) - mean) * factor + offset); }
  };
  INLINE Reader reader(int64_t channel) const {
    return {load(mean + channel), load(factor + channel), load(offset + channel)};
  }
};

}  // namespace carl
