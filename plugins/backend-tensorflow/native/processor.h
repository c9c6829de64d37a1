// What the processor can do, as far as it matters here.
#pragma once

namespace carl {

enum class Vectors { none, avx2, avx512 };

// The best vectors it has, or fewer if ONEDNN_MAX_CPU_ISA, which limits TensorFlow's convolutions, says so.
Vectors vectors();

}  // namespace carl
