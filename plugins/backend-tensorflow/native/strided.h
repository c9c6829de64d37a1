#pragma once

namespace carl {

// Registers CarlStridedConvolution, CarlStridedConvolutionInputGradient and CarlStridedConvolutionFilterGradient with
// TensorFlow. False if it refuses them, or if the processor lacks the vectors that make them worth having.
bool registerStrided();

}  // namespace carl
