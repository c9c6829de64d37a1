// Node addon that registers our operations with the TensorFlow library that tfjs-node's addon has loaded. Its exports
// tell which families of operations are available: batchNorm, bf16, lists, transformer; vectors and tiles, whether
// convolutions can take numbers in bf16 with the processor's instructions for vectors (AVX512_BF16) and on its tiles
// (AMX); and convolution, the number of which their channels are multiples, 0 if they are not available.
#include <node_api.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <cstdlib>
#include "math/threads.h"
#include "math/tiles.h"
#include "math/vectors.h"
#include "tensorflow/registrations.h"

namespace carl {
namespace {

struct Families {
  bool batchNorm, bf16, vectors, tiles, convolution, lists, transformer;
};

// Asks Linux for the tiles, which a process may not use before. Returns whether it may use them now.
bool requestTiles() {
  constexpr long kRequestPermission = 0x1023, kTileData = 18;
  return kHasBf16 && syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
}

// TensorFlow's variable for the number of threads within one operation counts for ours too.
Families registerAll() {
  const char* threads = std::getenv("TF_NUM_INTRAOP_THREADS");
  if (threads && std::atoi(threads) > 0) setThreadCount(std::atoi(threads));
  return {registerBatchNorm(),
          registerBf16(),
          kHasBf16,
          requestTiles(),
          registerConvolution() && registerStridedConvolution() && registerNormalizedConvolution(),
          registerLists(),
          registerLayerNorm() && registerGelu() && registerAttention()};
}

void set(napi_env env, napi_value exports, const char* name, bool value) {
  napi_value boolean;
  napi_get_boolean(env, value, &boolean);
  napi_set_named_property(env, exports, name, boolean);
}

void setNumber(napi_env env, napi_value exports, const char* name, int64_t value) {
  napi_value number;
  napi_create_int64(env, value, &number);
  napi_set_named_property(env, exports, name, number);
}

}  // namespace
}  // namespace carl

extern "C" __attribute__((visibility("default"))) napi_value napi_register_module_v1(napi_env env, napi_value exports) {
  using namespace carl;
  // The addon is loaded once for each environment (a worker thread, for example), but registers once for each process.
  static const Families families = registerAll();
  set(env, exports, "batchNorm", families.batchNorm);
  set(env, exports, "bf16", families.bf16);
  set(env, exports, "vectors", families.vectors);
  set(env, exports, "tiles", families.tiles);
  setNumber(env, exports, "convolution", families.convolution ? kLanes : 0);
  set(env, exports, "lists", families.lists);
  set(env, exports, "transformer", families.transformer);
  return exports;
}
