#pragma once

namespace carl {

// Registers CarlGelu and CarlGeluGrad with TensorFlow. False if it refuses them, or if the processor lacks the vectors.
bool registerGelu();

}  // namespace carl
