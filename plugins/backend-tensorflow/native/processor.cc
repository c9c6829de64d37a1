#include "processor.h"
#include <cstdlib>
#include <string>

namespace carl {

Vectors vectors() {
  static const Vectors best = [] {
    const char* given = std::getenv("ONEDNN_MAX_CPU_ISA");
    const std::string limit = given ? given : "";
    if (limit == "SSE41" || limit == "AVX") return Vectors::none;
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && limit.rfind("AVX2", 0) != 0) return Vectors::avx512;
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? Vectors::avx2 : Vectors::none;
  }();
  return best;
}

}  // namespace carl
