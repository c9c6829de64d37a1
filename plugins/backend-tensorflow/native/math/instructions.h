// Selection of the instruction set that the kernels use.
#pragma once

namespace carl {

// Instruction sets with code of their own, in ascending order. avx2 includes FMA.
enum class Instructions { baseline, avx2, avx512 };

// Limits the kernels to instruction sets up to `most`. Must not be called while a kernel runs.
void limitInstructions(Instructions most);

// Returns the best instruction set that the processor supports, within the limit.
Instructions instructions();

}  // namespace carl
