#include "mean.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include "sum.h"
#include "waiting.h"

int sum_over(const Exchange *exchange, void *values, size_t length, MPI_Datatype type) {
  if (exchange->shared != NULL) return shared_mean(exchange->shared, values, length, type, 1);
  return sum_between(values, length, type, exchange->workers);
}

int mean_over(const Exchange *exchange, void *values, size_t length, MPI_Datatype type) {
  int size;
  MPI_Comm_size(exchange->workers, &size);
  if (exchange->shared != NULL) return shared_mean(exchange->shared, values, length, type, size);
  int code = sum_between(values, length, type, exchange->workers);
  divide_values(values, length, type, size);
  return code;
}

typedef struct {
  void *values;
  size_t length;
  MPI_Datatype type;
} Request;

static struct {
  Exchange exchange;
  pthread_t thread;
  int running, ends;
  pthread_mutex_t lock;
  /** Something was asked for; everything is done. */
  pthread_cond_t asked, done;
  Request *requests;
  size_t count, room, finished;
  int code;
  /** Whether the main thread waits. */
  atomic_int awaited;
} later = {.lock = PTHREAD_MUTEX_INITIALIZER, .asked = PTHREAD_COND_INITIALIZER, .done = PTHREAD_COND_INITIALIZER};

/** Computes the next mean, unless one has failed. Holds the lock before and after. */
static void compute_next(void) {
  Request next = later.requests[later.finished];
  int code = later.code;
  pthread_mutex_unlock(&later.lock);
  if (code == MPI_SUCCESS) code = mean_over(&later.exchange, next.values, next.length, next.type);
  pthread_mutex_lock(&later.lock);
  later.code = code;
  later.finished++;
}

static void *work(void *unused) {
  (void)unused;
  awaited = &later.awaited;
  pthread_mutex_lock(&later.lock);
  for (;;) {
    while (later.finished == later.count && !later.ends) pthread_cond_wait(&later.asked, &later.lock);
    if (later.finished == later.count) break;
    compute_next();
    if (later.finished == later.count) pthread_cond_signal(&later.done);
  }
  pthread_mutex_unlock(&later.lock);
  return NULL;
}

void later_over(Exchange exchange) { later.exchange = exchange; }

int later_thread(void) {
  later.running = pthread_create(&later.thread, NULL, work, NULL) == 0;
  return later.running;
}

int later_overlaps(void) { return later.running; }

/** Whether there is room for one more request. */
static int has_room(void) {
  if (later.count < later.room) return 1;
  size_t room = later.room == 0 ? 64 : 2 * later.room;
  Request *larger = realloc(later.requests, room * sizeof(Request));
  if (larger == NULL) return 0;
  later.requests = larger;
  later.room = room;
  return 1;
}

int later_mean(void *values, size_t length, MPI_Datatype type) {
  pthread_mutex_lock(&later.lock);
  int ok = has_room();
  if (ok) later.requests[later.count++] = (Request){values, length, type};
  pthread_cond_signal(&later.asked);
  pthread_mutex_unlock(&later.lock);
  return ok ? MPI_SUCCESS : MPI_ERR_NO_MEM;
}

int later_finish(void) {
  atomic_store(&later.awaited, 1);
  pthread_mutex_lock(&later.lock);
  while (later.finished < later.count) {
    if (later.running)
      pthread_cond_wait(&later.done, &later.lock);
    else
      compute_next();
  }
  int code = later.code;
  later.count = later.finished = 0;
  later.code = MPI_SUCCESS;
  pthread_mutex_unlock(&later.lock);
  atomic_store(&later.awaited, 0);
  return code;
}

void later_end(void) {
  if (!later.running) return;
  pthread_mutex_lock(&later.lock);
  later.ends = 1;
  pthread_cond_signal(&later.asked);
  pthread_mutex_unlock(&later.lock);
  pthread_join(later.thread, NULL);
  later.running = later.ends = 0;
  shared_end(later.exchange.shared);
  MPI_Comm_free(&later.exchange.workers);
}
