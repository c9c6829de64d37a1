#pragma once

namespace carl {

// Registers CarlWeightedSums, CarlSumsOfSquares and CarlAdamSteps with TensorFlow; false if it refuses them.
bool registerLists();

}  // namespace carl
