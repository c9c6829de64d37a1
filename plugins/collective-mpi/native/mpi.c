/*
 * Binding of MPI for Node-API. Exchanges block the main thread, but means that are asked for later (mean.h). A thread of its own exchanges signs of life between
 * neighbours in a ring, and ends all workers when a neighbour is silent for too long.
 */
#include <assert.h>
#include <mpi.h>
#include <node_api.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "mean.h"
#include "shared-memory.h"
#include "waiting.h"

/** Pause of the thread between two looks at its neighbours, in nanoseconds. */
#define BEAT_NANOSECONDS 200000000L
/** Seconds between two signs of life. */
#define BEAT_SECONDS 1.0
/** Seconds that MPI_Abort has: it may wait for a machine that cannot be reached. */
#define ABORT_SECONDS 5

/** Workers and memory for the exchanges of the main thread. */
static Exchange own = {.workers = MPI_COMM_NULL};
static int rank, size;

static void end_all(int status) {
  /* The default action of SIGALRM ends this process. */
  alarm(ABORT_SECONDS);
  MPI_Abort(MPI_COMM_WORLD, status);
  _exit(status);
}

/* ------------------------------------------------------------------ signs of life */

static struct {
  MPI_Comm comm;
  pthread_t thread;
  atomic_int stop;
  int running;
  double limit;
  int previous, next;
  char host[MPI_MAX_PROCESSOR_NAME + 1];
  int process;
} life;

/** How users continue, as the main thread set it last; empty before. */
static char advice[4096];
static pthread_mutex_t advice_lock = PTHREAD_MUTEX_INITIALIZER;

static void report_silence(double seconds) {
  pthread_mutex_lock(&advice_lock);
  fprintf(stderr,
          "COLLECTIVE worker %d (process %d on %s) has been silent for %.0f s: it was killed or suspended, or its machine cannot be "
          "reached. All workers end now.%s%s\n",
          life.previous, life.process, life.host, seconds, *advice ? " " : "", advice);
  pthread_mutex_unlock(&advice_lock);
  fflush(stderr);
}

static void *watch(void *unused) {
  (void)unused;
  char sent = 1, received = 0;
  MPI_Request send = MPI_REQUEST_NULL, receive = MPI_REQUEST_NULL;
  double last_sent = 0, last_received = now(), last_look = now();
  while (!atomic_load(&life.stop)) {
    int done = 1;
    double time = now();
    /* This process was suspended itself: its neighbour gets the complete limit again. */
    if (time - last_look > life.limit / 2) last_received = time;
    last_look = time;
    MPI_Test(&send, &done, MPI_STATUS_IGNORE);
    if (done && time - last_sent >= BEAT_SECONDS) {
      MPI_Isend(&sent, 1, MPI_CHAR, life.next, 0, life.comm, &send);
      last_sent = time;
    }
    if (receive == MPI_REQUEST_NULL) MPI_Irecv(&received, 1, MPI_CHAR, life.previous, 0, life.comm, &receive);
    MPI_Test(&receive, &done, MPI_STATUS_IGNORE);
    if (done) last_received = time;
    if (time - last_received > life.limit) {
      report_silence(time - last_received);
      end_all(1);
    }
    pause_for(done ? 0 : BEAT_NANOSECONDS);
  }
  if (receive != MPI_REQUEST_NULL) {
    MPI_Cancel(&receive);
    MPI_Request_free(&receive);
  }
  if (send != MPI_REQUEST_NULL) MPI_Request_free(&send);
  return NULL;
}

/** The neighbours of this worker, and where the previous one runs. */
static void meet_neighbours(void) {
  char host[MPI_MAX_PROCESSOR_NAME + 1] = "";
  int length = 0, process = (int)getpid();
  life.previous = (rank + size - 1) % size;
  life.next = (rank + 1) % size;
  MPI_Get_processor_name(host, &length);
  MPI_Sendrecv(host, MPI_MAX_PROCESSOR_NAME, MPI_CHAR, life.next, 1, life.host, MPI_MAX_PROCESSOR_NAME, MPI_CHAR,
               life.previous, 1, life.comm, MPI_STATUS_IGNORE);
  MPI_Sendrecv(&process, 1, MPI_INT, life.next, 2, &life.process, 1, MPI_INT, life.previous, 2, life.comm,
               MPI_STATUS_IGNORE);
}

/* ------------------------------------------------------------------ calls from JavaScript */

static napi_value fail(napi_env env, const char *message) {
  napi_throw_error(env, NULL, message);
  return NULL;
}

static napi_value fail_mpi(napi_env env, int code) {
  char text[MPI_MAX_ERROR_STRING] = "unknown error";
  int length = 0;
  MPI_Error_string(code, text, &length);
  return fail(env, text);
}

static int arguments(napi_env env, napi_callback_info info, napi_value *values, size_t count) {
  size_t given = count;
  return napi_get_cb_info(env, info, &given, values, NULL, NULL) == napi_ok && given == count;
}

static int number(napi_env env, napi_value value, double *result) {
  return napi_get_value_double(env, value, result) == napi_ok;
}

typedef struct {
  void *data;
  size_t length;
  size_t width;
  MPI_Datatype type;
} Vector;

/** A typed array of float32, float64, int32 or bytes, whose length fits an int of MPI. */
static int vector(napi_env env, napi_value value, Vector *result) {
  napi_typedarray_type type;
  if (napi_get_typedarray_info(env, value, &type, &result->length, &result->data, NULL, NULL) != napi_ok) return 0;
  if (result->length > 0x7fffffff) return 0;
  switch (type) {
  case napi_float32_array:
    result->type = MPI_FLOAT, result->width = 4;
    return 1;
  case napi_float64_array:
    result->type = MPI_DOUBLE, result->width = 8;
    return 1;
  case napi_int32_array:
    result->type = MPI_INT32_T, result->width = 4;
    return 1;
  case napi_uint8_array:
    result->type = MPI_BYTE, result->width = 1;
    return 1;
  default:
    return 0;
  }
}

static int is_real(const Vector *values) { return values->type == MPI_FLOAT || values->type == MPI_DOUBLE; }

static napi_value undefined(napi_env env) {
  napi_value result;
  napi_get_undefined(env, &result);
  return result;
}

static napi_value answer(napi_env env, int code) {
  return code == MPI_SUCCESS ? undefined(env) : fail_mpi(env, code);
}

static MPI_Comm copy_of_world(void) {
  MPI_Comm copy;
  MPI_Comm_dup(MPI_COMM_WORLD, &copy);
  MPI_Comm_set_errhandler(copy, MPI_ERRORS_RETURN);
  return copy;
}

static Exchange exchange_of(int shares) {
  Exchange result = {.workers = copy_of_world()};
  if (shares) result.shared = shared_start(result.workers);
  return result;
}

/**
 * A thread hides the time that messages take between machines. In the memory of one machine, it would only take time from the
 * main threads, which occupy all cores.
 */
static int start_later_means(int shares, int threads) {
  if (!threads || size == 1 || shared_by_all(own.shared)) {
    later_over(own);
    return 1;
  }
  later_over(exchange_of(shares));
  return later_thread();
}

/** start(shared memory?): { rank, size, threads, overlaps } */
static napi_value start(napi_env env, napi_callback_info info) {
  napi_value values[1];
  bool shares;
  int provided = 0;
  if (!arguments(env, info, values, 1) || napi_get_value_bool(env, values[0], &shares) != napi_ok)
    return fail(env, "start(shared memory?)");
  if (own.workers != MPI_COMM_NULL) return fail(env, "MPI is started already");
  int code = MPI_Init_thread(NULL, NULL, MPI_THREAD_MULTIPLE, &provided);
  if (code != MPI_SUCCESS) return fail_mpi(env, code);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  own = exchange_of(shares);
  if (!start_later_means(shares, provided == MPI_THREAD_MULTIPLE))
    return fail(env, "the thread that exchanges gradients cannot be started");
  life.comm = copy_of_world();
  napi_value result, value;
  napi_create_object(env, &result);
  napi_create_int32(env, rank, &value);
  napi_set_named_property(env, result, "rank", value);
  napi_create_int32(env, size, &value);
  napi_set_named_property(env, result, "size", value);
  napi_get_boolean(env, provided == MPI_THREAD_MULTIPLE, &value);
  napi_set_named_property(env, result, "threads", value);
  napi_get_boolean(env, later_overlaps(), &value);
  napi_set_named_property(env, result, "overlaps", value);
  return result;
}

/** watch(seconds): starts the thread that ends all workers when the previous one is silent for so long. */
static napi_value start_watch(napi_env env, napi_callback_info info) {
  napi_value values[1];
  if (!arguments(env, info, values, 1) || !number(env, values[0], &life.limit)) return fail(env, "watch(seconds)");
  if (size == 1 || life.running) return undefined(env);
  meet_neighbours();
  atomic_store(&life.stop, 0);
  life.running = pthread_create(&life.thread, NULL, watch, NULL) == 0;
  return life.running ? undefined(env) : fail(env, "the thread that watches the workers cannot be started");
}

/** advise(text): ends the message about a silent worker with this text. */
static napi_value advise(napi_env env, napi_callback_info info) {
  napi_value values[1];
  pthread_mutex_lock(&advice_lock);
  int set = arguments(env, info, values, 1) &&
            napi_get_value_string_utf8(env, values[0], advice, sizeof(advice), NULL) == napi_ok;
  pthread_mutex_unlock(&advice_lock);
  return set ? undefined(env) : fail(env, "advise(text)");
}

/** sum(values): element-wise sum over all workers, in place. */
static napi_value sum(napi_env env, napi_callback_info info) {
  napi_value values[1];
  Vector all;
  if (!arguments(env, info, values, 1) || !vector(env, values[0], &all)) return fail(env, "sum(values)");
  return answer(env, sum_over(&own, all.data, all.length, all.type));
}

/** mean(values): element-wise mean over all workers, in place. */
static napi_value mean(napi_env env, napi_callback_info info) {
  napi_value values[1];
  Vector all;
  if (!arguments(env, info, values, 1) || !vector(env, values[0], &all) || !is_real(&all)) return fail(env, "mean(values)");
  return answer(env, mean_over(&own, all.data, all.length, all.type));
}

/** startMean(values): a mean that is computed meanwhile. The caller keeps the values as they are until finishMeans. */
static napi_value start_mean(napi_env env, napi_callback_info info) {
  napi_value values[1];
  Vector all;
  if (!arguments(env, info, values, 1) || !vector(env, values[0], &all) || !is_real(&all))
    return fail(env, "startMean(values)");
  return answer(env, later_mean(all.data, all.length, all.type));
}

/** finishMeans(): returns when all means are there. */
static napi_value finish_means(napi_env env, napi_callback_info info) {
  (void)info;
  return answer(env, later_finish());
}

/** gather(own, all): the values of all workers in order of rank. */
static napi_value gather(napi_env env, napi_callback_info info) {
  napi_value values[2];
  Vector sent, all;
  MPI_Request request;
  if (!arguments(env, info, values, 2) || !vector(env, values[0], &sent) || !vector(env, values[1], &all) ||
      all.type != sent.type || all.length != sent.length * (size_t)size)
    return fail(env, "gather(own, all)");
  if (shared_by_all(own.shared)) {
    shared_gather(own.shared, sent.data, sent.length * sent.width, all.data);
    return undefined(env);
  }
  int count = (int)sent.length;
  int code = MPI_Iallgather(sent.data, count, sent.type, all.data, count, all.type, own.workers, &request);
  return answer(env, code == MPI_SUCCESS ? finished(&request) : code);
}

/** broadcast(values, root): the values of one worker, in place. */
static napi_value broadcast(napi_env env, napi_callback_info info) {
  napi_value values[2];
  Vector all;
  double root;
  MPI_Request request;
  if (!arguments(env, info, values, 2) || !vector(env, values[0], &all) || !number(env, values[1], &root))
    return fail(env, "broadcast(values, root)");
  int code = MPI_Ibcast(all.data, (int)all.length, all.type, (int)root, own.workers, &request);
  return answer(env, code == MPI_SUCCESS ? finished(&request) : code);
}

/** barrier(): returns when all workers have called it. */
static napi_value barrier(napi_env env, napi_callback_info info) {
  (void)info;
  MPI_Request request;
  int code = MPI_Ibarrier(own.workers, &request);
  return answer(env, code == MPI_SUCCESS ? finished(&request) : code);
}

/** close(): ends MPI; all workers call it. They are watched until all of them have. */
static napi_value close_all(napi_env env, napi_callback_info info) {
  MPI_Request request;
  (void)info;
  int code = MPI_Ibarrier(own.workers, &request);
  if (code == MPI_SUCCESS) code = finished(&request);
  if (code != MPI_SUCCESS) return fail_mpi(env, code);
  if (life.running) {
    atomic_store(&life.stop, 1);
    pthread_join(life.thread, NULL);
    life.running = 0;
  }
  later_end();
  shared_end(own.shared);
  return answer(env, MPI_Finalize());
}

/** abort(status): ends all workers at once. */
static napi_value abort_all(napi_env env, napi_callback_info info) {
  napi_value values[1];
  double status = 1;
  if (arguments(env, info, values, 1)) number(env, values[0], &status);
  end_all((int)status);
  return undefined(env);
}

NAPI_MODULE_INIT() {
  const napi_property_descriptor properties[] = {
      {"start", NULL, start, NULL, NULL, NULL, napi_enumerable, NULL},
      {"watch", NULL, start_watch, NULL, NULL, NULL, napi_enumerable, NULL},
      {"advise", NULL, advise, NULL, NULL, NULL, napi_enumerable, NULL},
      {"mean", NULL, mean, NULL, NULL, NULL, napi_enumerable, NULL},
      {"startMean", NULL, start_mean, NULL, NULL, NULL, napi_enumerable, NULL},
      {"finishMeans", NULL, finish_means, NULL, NULL, NULL, napi_enumerable, NULL},
      {"sum", NULL, sum, NULL, NULL, NULL, napi_enumerable, NULL},
      {"gather", NULL, gather, NULL, NULL, NULL, napi_enumerable, NULL},
      {"broadcast", NULL, broadcast, NULL, NULL, NULL, napi_enumerable, NULL},
      {"barrier", NULL, barrier, NULL, NULL, NULL, napi_enumerable, NULL},
      {"close", NULL, close_all, NULL, NULL, NULL, napi_enumerable, NULL},
      {"abort", NULL, abort_all, NULL, NULL, NULL, napi_enumerable, NULL},
  };
  napi_define_properties(env, exports, sizeof(properties) / sizeof(*properties), properties);
  return exports;
}
