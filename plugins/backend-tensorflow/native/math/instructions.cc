#include "math/instructions.h"
#include <algorithm>

namespace carl {
namespace {

Instructions limit = Instructions::avx512;

Instructions ofProcessor() {
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f")) return Instructions::avx512;
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? Instructions::avx2 : Instructions::baseline;
}

}  // namespace

void limitInstructions(Instructions most) { limit = most; }

Instructions instructions() {
  static const Instructions best = ofProcessor();
  return std::min(best, limit);
}

}  // namespace carl
