#pragma once

namespace carl {

// Registers CarlConvolution and CarlConvolutionFilterGradient with TensorFlow. False if it refuses them, or if the
// processor lacks the vectors (AVX2 and FMA, or AVX-512) that make them worth having.
bool registerConvolution();

}  // namespace carl
