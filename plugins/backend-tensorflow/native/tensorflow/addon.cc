// Node addon that registers our operations with the TensorFlow library that tfjs-node's addon has loaded. Its exports
// tell which families of operations are available: batchNorm, convolution, lists, transformer.
#include <node_api.h>
#include <cstdlib>
#include "math/threads.h"
#include "tensorflow/registrations.h"

namespace carl {
namespace {

struct Families {
  bool batchNorm, convolution, lists, transformer;
};

// TensorFlow's variable for the number of threads within one operation counts for ours too.
Families registerAll() {
  const char* threads = std::getenv("TF_NUM_INTRAOP_THREADS");
  if (threads && std::atoi(threads) > 0) setThreadCount(std::atoi(threads));
  return {registerBatchNorm(), registerConvolution() && registerStridedConvolution(), registerLists(),
          registerLayerNorm() && registerGelu() && registerAttention()};
}

void set(napi_env env, napi_value exports, const char* name, bool value) {
  napi_value boolean;
  napi_get_boolean(env, value, &boolean);
  napi_set_named_property(env, exports, name, boolean);
}

}  // namespace
}  // namespace carl

extern "C" __attribute__((visibility("default"))) napi_value napi_register_module_v1(napi_env env, napi_value exports) {
  using namespace carl;
  // The addon is loaded once for each environment (a worker thread, for example), but registers once for each process.
  static const Families families = registerAll();
  set(env, exports, "batchNorm", families.batchNorm);
  set(env, exports, "convolution", families.convolution);
  set(env, exports, "lists", families.lists);
  set(env, exports, "transformer", families.transformer);
  return exports;
}
