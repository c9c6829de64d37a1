/* Exchanges between the workers of one machine through memory that they share. */
#ifndef CARL_SHARED_MEMORY_H
#define CARL_SHARED_MEMORY_H

#include <mpi.h>
#include <stddef.h>

/** Memory of the workers of a machine, for the exchanges of one thread. */
typedef struct SharedMemory SharedMemory;

/**
 * Finds the workers of each machine and gives them shared memory. All workers call it. Null without memory, or where each machine
 * has one worker or the machines have different numbers of workers.
 */
SharedMemory *shared_start(MPI_Comm all);

/** Whether all workers share the memory, so that values can be gathered through it. */
int shared_by_all(const SharedMemory *shared);

/**
 * Element-wise sum over all workers, divided by a number (1 for integers), in place. The workers of a machine each add a part of
 * the values; between machines, the workers of equal parts exchange them over MPI. The order of the additions on a machine is that
 * of the ranks. Returns MPI's code.
 */
int shared_mean(SharedMemory *shared, void *values, size_t length, MPI_Datatype type, int divisor);

/** The values of all workers in order of rank: `all` has the values of `own`, of `bytes` bytes, for each. */
void shared_gather(SharedMemory *shared, const void *own, size_t bytes, void *all);

/** Gives the memory back, if there is any; all workers call it. */
void shared_end(SharedMemory *shared);

#endif
