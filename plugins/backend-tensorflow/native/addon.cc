// Loading this addon registers our own operations with the TensorFlow that tfjs-node's addon has loaded.
// Exports which families of them TensorFlow took: `batchNorm`, `convolution`, `lists`, `transformer`.
#include <node_api.h>
#include "attention.h"
#include "batch-norm.h"
#include "convolution.h"
#include "gelu.h"
#include "layer-norm.h"
#include "lists.h"
#include "strided.h"

static void set(napi_env env, napi_value exports, const char* name, bool value) {
  napi_value boolean;
  napi_get_boolean(env, value, &boolean);
  napi_set_named_property(env, exports, name, boolean);
}

extern "C" __attribute__((visibility("default"))) napi_value napi_register_module_v1(napi_env env, napi_value exports) {
  using namespace carl;
  static const bool batchNorm = registerBatchNorm(), convolution = registerConvolution() && registerStrided(),
                    lists = registerLists(), transformer = registerLayerNorm() && registerGelu() && registerAttention();
  set(env, exports, "batchNorm", batchNorm);
  set(env, exports, "convolution", convolution);
  set(env, exports, "lists", lists);
  set(env, exports, "transformer", transformer);
  return exports;
}
