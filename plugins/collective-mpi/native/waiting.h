/*
 * How a worker waits for others. It looks for an answer without a pause at first, and then with pauses, so that it leaves the
 * processor to the threads of other workers on the same machine. A thread whose answer nobody waits for yet pauses from the start.
 */
#ifndef CARL_WAITING_H
#define CARL_WAITING_H

#include <mpi.h>
#include <sched.h>
#include <stdatomic.h>
#include <stddef.h>
#include <time.h>

/** Seconds for which a worker looks without a pause, and the pause in nanoseconds afterwards. */
#define EAGER_SECONDS 0.002
#define PAUSE_NANOSECONDS 50000L

static inline double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static inline void pause_for(long nanoseconds) {
  struct timespec time = {0, nanoseconds};
  nanosleep(&time, NULL);
}

/** Whether somebody waits for the answers of this thread; null where that is always so. */
extern _Thread_local const atomic_int *awaited;

/** Between two looks of a worker that has waited since `start`. */
static inline void wait_since(double start) {
  if ((awaited == NULL || atomic_load(awaited)) && now() - start < EAGER_SECONDS)
    sched_yield();
  else
    pause_for(PAUSE_NANOSECONDS);
}

/** Waits for all parts of an exchange. Returns MPI's code. */
static inline int all_finished(MPI_Request *requests, int count) {
  int done = 0;
  double start = now();
  for (;;) {
    int code = MPI_Testall(count, requests, &done, MPI_STATUSES_IGNORE);
    if (code != MPI_SUCCESS || done) return code;
    wait_since(start);
  }
}

/** Waits for an exchange. Returns MPI's code. */
static inline int finished(MPI_Request *request) { return all_finished(request, 1); }

#endif
