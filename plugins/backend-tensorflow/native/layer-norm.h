#pragma once

namespace carl {

// Registers CarlLayerNorm and CarlLayerNormGrad with TensorFlow. False if it refuses them, or if the processor lacks
// the vectors.
bool registerLayerNorm();

}  // namespace carl
