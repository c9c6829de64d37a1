#pragma once

namespace carl {

// Registers CarlWeightedSums and CarlSumSquares with TensorFlow; false if it refuses them.
bool registerLists();

}  // namespace carl
