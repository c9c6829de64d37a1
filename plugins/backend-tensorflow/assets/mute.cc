// TensorFlow's libraries write a banner to standard error while the dynamic linker loads them, before any setting of
// theirs can be read. This addon sends file descriptor 2 to /dev/null for that moment: mute() and restore().
#include <fcntl.h>
#include <node_api.h>
#include <unistd.h>

static int kept = -1;

static napi_value Mute(napi_env, napi_callback_info) {
  if (kept >= 0) return nullptr;
  kept = dup(2);
  const int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (null < 0) return nullptr;
  dup2(null, 2);
  close(null);
  return nullptr;
}

static napi_value Restore(napi_env, napi_callback_info) {
  if (kept < 0) return nullptr;
  dup2(kept, 2);
  close(kept);
  kept = -1;
  return nullptr;
}

extern "C" napi_value napi_register_module_v1(napi_env env, napi_value exports) {
  const napi_property_descriptor properties[] = {
      {"mute", nullptr, Mute, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"restore", nullptr, Restore, nullptr, nullptr, nullptr, napi_default, nullptr},
  };
  napi_define_properties(env, exports, 2, properties);
  return exports;
}
