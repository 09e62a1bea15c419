/* A known exchange, whose counts test_comms.py expects. */
#include <mpi.h>
#include <stdlib.h>

static void persistent(int to, int from) {
  double out[5] = {0}, in[5];
  MPI_Request request[2];
  MPI_Send_init(out, 5, MPI_DOUBLE, to, 2, MPI_COMM_WORLD, &request[0]);
  MPI_Recv_init(in, 5, MPI_DOUBLE, from, 2, MPI_COMM_WORLD, &request[1]);
  for (int k = 0; k < 3; k++) {
    MPI_Startall(2, request);
    MPI_Waitall(2, request, MPI_STATUSES_IGNORE);
  }
  MPI_Request_free(&request[0]);
  MPI_Request_free(&request[1]);
}

int main(int argc, char **argv) {
  int rank, ranks, counts[8] = {0}, at[8] = {0}, all[64];
  MPI_Init(&argc, &argv);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  if (ranks > 8) return EXIT_FAILURE;
  const int to = (rank + 1) % ranks, from = (rank + ranks - 1) % ranks;
  int out[7] = {0}, in[7];
  MPI_Request request;
  MPI_Isend(out, 7, MPI_INT, to, 1, MPI_COMM_WORLD, &request);
  MPI_Recv(in, 7, MPI_INT, from, 1, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
  MPI_Wait(&request, MPI_STATUS_IGNORE);
  persistent(to, from);
  double sum[2] = {0};
  MPI_Allreduce(MPI_IN_PLACE, sum, 2, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
  MPI_Bcast(sum, 1, MPI_DOUBLE, 0, MPI_COMM_WORLD);
  for (int r = 0; r < ranks; r++) counts[r] = r + 1; /* 1 + 2 + ... in all */
  for (int r = 1; r < ranks; r++) at[r] = at[r - 1] + counts[r - 1];
  MPI_Allgatherv(out, rank + 1, MPI_INT, all, counts, at, MPI_INT, MPI_COMM_WORLD);
  MPI_Gather(&rank, 1, MPI_INT, all, 1, MPI_INT, 0, MPI_COMM_WORLD);
  MPI_Finalize();
  return EXIT_SUCCESS;
}
