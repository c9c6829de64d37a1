#include "tensorflow/settings.h"
#include <cstdlib>
#include <string>
#include "math/instructions.h"
#include "math/threads.h"

namespace carl {
namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

Instructions limitOf(const std::string& isa) {
  if (isa == "SSE41" || isa == "AVX") return Instructions::baseline;
  return isa.rfind("AVX2", 0) == 0 ? Instructions::avx2 : Instructions::avx512;
}

}  // namespace

void applySettings() {
  const int threads = std::atoi(variable("TF_NUM_INTRAOP_THREADS").c_str());
  if (threads > 0) setThreadCount(threads);
  limitInstructions(limitOf(variable("ONEDNN_MAX_CPU_ISA")));
}

}  // namespace carl
