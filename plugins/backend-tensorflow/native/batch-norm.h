#pragma once

namespace carl {

// Registers CarlBatchNorm and CarlBatchNormGrad with TensorFlow; false if it refuses them.
bool registerBatchNorm();

}  // namespace carl
