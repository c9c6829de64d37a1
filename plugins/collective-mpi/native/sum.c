#include "sum.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "waiting.h"

/** Bytes of the longest vector that is exchanged as a whole. */
#define SHORT_BYTES ((size_t)1 << 15)
#define TAG 7

_Thread_local const atomic_int *awaited;

#define ADD(type)                                                              \
  do {                                                                         \
    type *to = (type *)sum;                                                    \
    const type *from = (const type *)values;                                   \
    for (size_t i = 0; i < length; i++) to[i] = (type)(to[i] + from[i]);       \
  } while (0)

void add_values(void *sum, const void *values, size_t length, MPI_Datatype type) {
  if (type == MPI_FLOAT)
    ADD(float);
  else if (type == MPI_DOUBLE)
    ADD(double);
  else if (type == MPI_INT32_T)
    ADD(int32_t);
  else
    ADD(uint8_t);
}

void divide_values(void *values, size_t length, MPI_Datatype type, int by) {
  if (type == MPI_FLOAT)
    for (size_t i = 0; i < length; i++) ((float *)values)[i] /= (float)by;
  else
    for (size_t i = 0; i < length; i++) ((double *)values)[i] /= by;
}

/** Memory of a thread for received values, which grows to the longest part. */
static void *received_values(size_t bytes) {
  static _Thread_local void *memory;
  static _Thread_local size_t size;
  if (bytes > size) {
    void *larger = realloc(memory, bytes);
    if (larger == NULL) return NULL;
    memory = larger;
    size = bytes;
  }
  return memory;
}

/** Sends values to one worker and receives as many, or another number, from one; MPI_PROC_NULL is none. */
static int exchange(const void *sent, size_t sends, int to, void *received, size_t receives, int from, MPI_Datatype type,
                    MPI_Comm workers) {
  MPI_Request requests[2];
  int code = MPI_Irecv(received, (int)receives, type, from, TAG, workers, &requests[0]);
  if (code != MPI_SUCCESS) return code;
  code = MPI_Isend(sent, (int)sends, type, to, TAG, workers, &requests[1]);
  return code == MPI_SUCCESS ? all_finished(requests, 2) : code;
}

/**
 * Each worker exchanges its sum with one at distance 1, then 2, 4 and so on. Workers beyond the largest power of two give their values
 * to a neighbour before, and get the sum after.
 */
static int sum_by_doubling(void *values, size_t length, MPI_Datatype type, MPI_Comm workers, void *other) {
  int rank, size, power = 1, code;
  MPI_Comm_rank(workers, &rank);
  MPI_Comm_size(workers, &size);
  while (2 * power <= size) power *= 2;
  int paired = 2 * (size - power), gives = rank < paired && rank % 2 == 0, takes = rank < paired && rank % 2 == 1;
  code = exchange(values, length, gives ? rank + 1 : MPI_PROC_NULL, other, length, takes ? rank - 1 : MPI_PROC_NULL, type, workers);
  if (takes && code == MPI_SUCCESS) add_values(values, other, length, type);
  int number = rank < paired ? rank / 2 : rank - paired / 2;
  for (int distance = 1; !gives && distance < power && code == MPI_SUCCESS; distance *= 2) {
    int partner = number ^ distance;
    int peer = partner < paired / 2 ? 2 * partner + 1 : partner + paired / 2;
    code = exchange(values, length, peer, other, length, peer, type, workers);
    if (code == MPI_SUCCESS) add_values(values, other, length, type);
  }
  if (code != MPI_SUCCESS) return code;
  return exchange(values, length, takes ? rank - 1 : MPI_PROC_NULL, values, length, gives ? rank + 1 : MPI_PROC_NULL, type, workers);
}

/** Parts go around the ring twice: each worker adds its values to the part that arrives; then the complete sums are passed on. */
static int sum_in_ring(char *values, size_t length, MPI_Datatype type, MPI_Comm workers, void *other) {
  int rank, size, width, code = MPI_SUCCESS;
  MPI_Comm_rank(workers, &rank);
  MPI_Comm_size(workers, &size);
  MPI_Type_size(type, &width);
  int next = (rank + 1) % size, previous = (rank + size - 1) % size;
  for (int turn = 0; turn < 2 * (size - 1) && code == MPI_SUCCESS; turn++) {
    size_t out = (size_t)(rank + 2 * size - turn) % (size_t)size, in = (out + (size_t)size - 1) % (size_t)size;
    size_t sent = length * out / (size_t)size, sent_end = length * (out + 1) / (size_t)size;
    size_t begin = length * in / (size_t)size, end = length * (in + 1) / (size_t)size;
    char *part = values + begin * (size_t)width;
    void *received = turn < size - 1 ? other : part;
    code = exchange(values + sent * (size_t)width, sent_end - sent, next, received, end - begin, previous, type, workers);
    if (turn < size - 1 && code == MPI_SUCCESS) add_values(part, other, end - begin, type);
  }
  return code;
}

int sum_between(void *values, size_t length, MPI_Datatype type, MPI_Comm workers) {
  int size, width;
  MPI_Comm_size(workers, &size);
  MPI_Type_size(type, &width);
  size_t bytes = length * (size_t)width;
  if (bytes == 0) return MPI_SUCCESS;
  int is_short = bytes <= SHORT_BYTES;
  void *other = received_values(is_short ? bytes : bytes / (size_t)size + (size_t)width);
  if (other == NULL) return MPI_ERR_NO_MEM;
  return is_short ? sum_by_doubling(values, length, type, workers, other) : sum_in_ring(values, length, type, workers, other);
}
