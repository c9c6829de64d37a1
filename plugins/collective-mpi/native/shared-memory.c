#include "shared-memory.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include "sum.h"
#include "waiting.h"

/** Bytes that are exchanged at a time: few enough to stay in the cache between the steps of an exchange. */
#define CHUNK ((size_t)1 << 20)
/** Bytes before the chunks, for the barrier of worker 0. */
#define HEADER ((size_t)4096)

/** A barrier: the last worker to arrive begins the next round. */
typedef struct {
  atomic_uint arrived, round;
} Barrier;

struct SharedMemory {
  /** The workers of this machine; one worker of each machine. */
  MPI_Comm machine, across;
  MPI_Win window;
  int rank, size, machines;
  Barrier *barrier;
  /** Memory of each worker of this machine. */
  char **memories;
  /** Which of two chunks the next exchange uses, so that slower workers can still read the other. */
  int turn;
};

/** A chunk of a worker of this machine. */
static char *chunk_of(const SharedMemory *shared, int worker) {
  return shared->memories[worker] + HEADER + (size_t)shared->turn * CHUNK;
}

static void meet(SharedMemory *shared) {
  Barrier *barrier = shared->barrier;
  unsigned round = atomic_load(&barrier->round);
  if (atomic_fetch_add(&barrier->arrived, 1) + 1 == (unsigned)shared->size) {
    atomic_store(&barrier->arrived, 0);
    atomic_fetch_add(&barrier->round, 1);
    return;
  }
  for (double start = now(); atomic_load(&barrier->round) == round;) wait_since(start);
}

/** Whether all machines have the same number of workers, and more than one. */
static int even(int workers, MPI_Comm all) {
  int sizes[2] = {workers, -workers}, least[2];
  MPI_Allreduce(sizes, least, 2, MPI_INT, MPI_MIN, all);
  return least[0] > 1 && least[0] == -least[1];
}

/** Whether all workers have memory. */
static int allocated(SharedMemory *shared, MPI_Comm all) {
  char *base = NULL;
  shared->memories = calloc((size_t)shared->size, sizeof(char *));
  int own = MPI_Win_allocate_shared((MPI_Aint)(HEADER + 2 * CHUNK), 1, MPI_INFO_NULL, shared->machine, &base, &shared->window) ==
            MPI_SUCCESS;
  int ok = own && shared->memories != NULL, every = 0;
  MPI_Allreduce(&ok, &every, 1, MPI_INT, MPI_MIN, all);
  for (int worker = 0; every && worker < shared->size; worker++) {
    MPI_Aint bytes;
    int unit;
    MPI_Win_shared_query(shared->window, worker, &bytes, &unit, &shared->memories[worker]);
  }
  return every;
}

static void discard(SharedMemory *shared) {
  MPI_Comm_free(&shared->machine);
  free(shared->memories);
  free(shared);
}

SharedMemory *shared_start(MPI_Comm all) {
  int rank;
  SharedMemory *shared = calloc(1, sizeof(SharedMemory));
  if (shared == NULL) MPI_Abort(all, 1);
  MPI_Comm_rank(all, &rank);
  MPI_Comm_split_type(all, MPI_COMM_TYPE_SHARED, rank, MPI_INFO_NULL, &shared->machine);
  MPI_Comm_set_errhandler(shared->machine, MPI_ERRORS_RETURN);
  MPI_Comm_rank(shared->machine, &shared->rank);
  MPI_Comm_size(shared->machine, &shared->size);
  if (!even(shared->size, all) || !allocated(shared, all)) {
    discard(shared);
    return NULL;
  }
  MPI_Comm_split(all, shared->rank, rank, &shared->across);
  MPI_Comm_set_errhandler(shared->across, MPI_ERRORS_RETURN);
  MPI_Comm_size(shared->across, &shared->machines);
  shared->barrier = (Barrier *)shared->memories[0];
  if (shared->rank == 0) {
    atomic_init(&shared->barrier->arrived, 0);
    atomic_init(&shared->barrier->round, 0);
  }
  MPI_Barrier(shared->machine);
  return shared;
}

int shared_by_all(const SharedMemory *shared) { return shared != NULL && shared->machines == 1; }

static size_t width_of(MPI_Datatype type) {
  int width;
  MPI_Type_size(type, &width);
  return (size_t)width;
}

static int mean_chunk(SharedMemory *shared, char *values, size_t length, MPI_Datatype type, int divisor) {
  char *sum = chunk_of(shared, 0);
  size_t width = width_of(type);
  size_t begin = length * (size_t)shared->rank / (size_t)shared->size;
  size_t end = length * (size_t)(shared->rank + 1) / (size_t)shared->size;
  int code = MPI_SUCCESS;
  memcpy(chunk_of(shared, shared->rank), values, length * width);
  meet(shared);
  for (int worker = 1; worker < shared->size; worker++)
    add_values(sum + begin * width, chunk_of(shared, worker) + begin * width, end - begin, type);
  if (shared->machines > 1) code = sum_between(sum + begin * width, end - begin, type, shared->across);
  if (divisor != 1) divide_values(sum + begin * width, end - begin, type, divisor);
  meet(shared);
  memcpy(values, sum, length * width);
  shared->turn = !shared->turn;
  return code;
}

int shared_mean(SharedMemory *shared, void *values, size_t length, MPI_Datatype type, int divisor) {
  int code = MPI_SUCCESS;
  size_t width = width_of(type), most = CHUNK / width;
  for (size_t start = 0; start < length && code == MPI_SUCCESS; start += most)
    code = mean_chunk(shared, (char *)values + start * width, length - start < most ? length - start : most, type, divisor);
  return code;
}

void shared_gather(SharedMemory *shared, const void *own, size_t bytes, void *all) {
  for (size_t start = 0; start < bytes; start += CHUNK) {
    size_t count = bytes - start < CHUNK ? bytes - start : CHUNK;
    memcpy(chunk_of(shared, shared->rank), (const char *)own + start, count);
    meet(shared);
    for (int worker = 0; worker < shared->size; worker++)
      memcpy((char *)all + (size_t)worker * bytes + start, chunk_of(shared, worker), count);
    shared->turn = !shared->turn;
  }
}

void shared_end(SharedMemory *shared) {
  if (shared == NULL) return;
  MPI_Win_free(&shared->window);
  MPI_Comm_free(&shared->across);
  discard(shared);
}
