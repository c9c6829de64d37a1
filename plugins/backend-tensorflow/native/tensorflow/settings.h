// The settings of TensorFlow that the kernels follow.
#pragma once

namespace carl {

// Applies two environment variables to the kernels: TF_NUM_INTRAOP_THREADS, the number of threads within one operation,
// and ONEDNN_MAX_CPU_ISA, which limits the instruction sets of TensorFlow's own convolutions.
void applySettings();

}  // namespace carl
