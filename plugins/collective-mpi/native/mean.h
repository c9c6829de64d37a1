/* Means over all workers, at once or later: in a thread of their own while the main thread computes, or when it waits for them. */
#ifndef CARL_MEAN_H
#define CARL_MEAN_H

#include <mpi.h>
#include <stddef.h>
#include "shared-memory.h"

/** Workers that exchange values, and the memory that those of one machine share, or null. */
typedef struct {
  MPI_Comm workers;
  SharedMemory *shared;
} Exchange;

/** Element-wise sum over all workers, in place. Returns MPI's code. */
int sum_over(const Exchange *exchange, void *values, size_t length, MPI_Datatype type);

/** Element-wise mean of numbers of float or double over all workers, in place. Returns MPI's code. */
int mean_over(const Exchange *exchange, void *values, size_t length, MPI_Datatype type);

/** Later means go over this exchange. */
void later_over(Exchange exchange);

/** Whether there is a thread for them. */
int later_overlaps(void);

/** Starts a thread that computes them while the main thread goes on; no other thread may use its exchange. Returns 0 if it fails. */
int later_thread(void);

/**
 * Asks for the mean of values, which stay where they are until {@link later_finish}. All workers ask for means of the same
 * lengths in the same order. Returns MPI's code.
 */
int later_mean(void *values, size_t length, MPI_Datatype type);

/** Waits for all means, or computes them if there is no thread. Returns the code of the first one that failed. */
int later_finish(void);

/** Ends the thread, if there is one, and gives its memory back; all workers call it. */
void later_end(void);

#endif
