#pragma once

namespace carl {

// Registers CarlAttention and CarlAttentionGrad with TensorFlow. False if it refuses them, or if the processor lacks
// the vectors.
bool registerAttention();

}  // namespace carl
