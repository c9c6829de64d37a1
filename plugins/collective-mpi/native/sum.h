/* Sums over workers by messages between pairs. */
#ifndef CARL_SUM_H
#define CARL_SUM_H

#include <mpi.h>
#include <stddef.h>

/**
 * Element-wise sum over the workers of a communicator, in place; all have the same bits afterwards. Short vectors take one exchange
 * for each doubling of the workers. Long ones go around a ring in parts, so that each worker sends them at most twice, however many
 * workers there are; MPI_Iallreduce in place sends them once for each doubling. Returns MPI's code.
 */
int sum_between(void *values, size_t length, MPI_Datatype type, MPI_Comm workers);

/** Adds `length` values to others. */
void add_values(void *sum, const void *values, size_t length, MPI_Datatype type);

/** Divides `length` values of float or double. */
void divide_values(void *values, size_t length, MPI_Datatype type, int by);

#endif
