/*
 * Counts what each rank of an MPI program hands to MPI: preloaded (LD_PRELOAD) or linked, in place of MPI's own names.
 * At MPI_Finalize rank r writes FOLDER/r.json, FOLDER being what COMMS_FOLDER says; without it nothing is written.
 * Bytes are those a rank sends from one to one, and of collectives those of the result that it is handed. Not seen:
 * calls from Fortran (MUMPS, which striffin uses on one rank alone) and neighbourhood collectives (not used).
 */
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

enum kind { SEND, ALLREDUCE, BCAST, ALLGATHER, GATHER, ALLTOALL, SCAN, BARRIER, KINDS };

static const char *const names[KINDS] = {"send",   "allreduce", "bcast", "allgather",
                                         "gather", "alltoall",  "scan",  "barrier"};
static long long calls[KINDS], bytes[KINDS];

/* Persistent sends: what one start of each hands over. */
static struct {
  MPI_Request request;
  long long bytes;
} * persistent;
static size_t persistents;

static long long size_of(long long count, MPI_Datatype type) {
  int size;
  PMPI_Type_size(type, &size);
  return count * size;
}

static void note(enum kind kind, long long size) {
  calls[kind]++;
  bytes[kind] += size;
}

static int ranks_of(MPI_Comm comm) {
  int ranks;
  PMPI_Comm_size(comm, &ranks);
  return ranks;
}

static int rank_in(MPI_Comm comm) {
  int rank;
  PMPI_Comm_rank(comm, &rank);
  return rank;
}

static long long total(const int *counts, MPI_Comm comm) {
  long long sum = 0;
  for (int r = 0; r < ranks_of(comm); r++) sum += counts[r];
  return sum;
}

#define SENDS(NAME)                                                                   \
  int MPI_##NAME(const void *b, int n, MPI_Datatype t, int to, int tag, MPI_Comm c) { \
    note(SEND, size_of(n, t));                                                        \
    return PMPI_##NAME(b, n, t, to, tag, c);                                          \
  }
#define STARTS(NAME)                                                                                  \
  int MPI_##NAME(const void *b, int n, MPI_Datatype t, int to, int tag, MPI_Comm c, MPI_Request *q) { \
    note(SEND, size_of(n, t));                                                                        \
    return PMPI_##NAME(b, n, t, to, tag, c, q);                                                       \
  }
SENDS(Send)
SENDS(Ssend)
SENDS(Rsend)
SENDS(Bsend)
STARTS(Isend)
STARTS(Issend)
STARTS(Irsend)

int MPI_Sendrecv(const void *b, int n, MPI_Datatype t, int to, int tag, void *b2, int n2, MPI_Datatype t2, int from,
                 int tag2, MPI_Comm c, MPI_Status *s) {
  note(SEND, size_of(n, t));
  return PMPI_Sendrecv(b, n, t, to, tag, b2, n2, t2, from, tag2, c, s);
}

int MPI_Send_init(const void *b, int n, MPI_Datatype t, int to, int tag, MPI_Comm c, MPI_Request *q) {
  const int status = PMPI_Send_init(b, n, t, to, tag, c, q);
  void *grown = realloc(persistent, (persistents + 1) * sizeof *persistent);
  if (!grown) abort();
  persistent = grown;
  persistent[persistents].request = *q;
  persistent[persistents++].bytes = size_of(n, t);
  return status;
}

static void note_start(MPI_Request q) {
  for (size_t k = 0; k < persistents; k++)
    if (persistent[k].request == q) note(SEND, persistent[k].bytes);
}

int MPI_Start(MPI_Request *q) {
  note_start(*q);
  return PMPI_Start(q);
}

int MPI_Startall(int n, MPI_Request *q) {
  for (int k = 0; k < n; k++) note_start(q[k]);
  return PMPI_Startall(n, q);
}

int MPI_Request_free(MPI_Request *q) {
  for (size_t k = 0; k < persistents; k++)
    if (persistent[k].request == *q) persistent[k--] = persistent[--persistents];
  return PMPI_Request_free(q);
}

int MPI_Allreduce(const void *a, void *b, int n, MPI_Datatype t, MPI_Op op, MPI_Comm c) {
  note(ALLREDUCE, size_of(n, t));
  return PMPI_Allreduce(a, b, n, t, op, c);
}

int MPI_Iallreduce(const void *a, void *b, int n, MPI_Datatype t, MPI_Op op, MPI_Comm c, MPI_Request *q) {
  note(ALLREDUCE, size_of(n, t));
  return PMPI_Iallreduce(a, b, n, t, op, c, q);
}

int MPI_Reduce(const void *a, void *b, int n, MPI_Datatype t, MPI_Op op, int root, MPI_Comm c) {
  note(ALLREDUCE, size_of(n, t));
  return PMPI_Reduce(a, b, n, t, op, root, c);
}

int MPI_Scan(const void *a, void *b, int n, MPI_Datatype t, MPI_Op op, MPI_Comm c) {
  note(SCAN, size_of(n, t));
  return PMPI_Scan(a, b, n, t, op, c);
}

int MPI_Exscan(const void *a, void *b, int n, MPI_Datatype t, MPI_Op op, MPI_Comm c) {
  note(SCAN, size_of(n, t));
  return PMPI_Exscan(a, b, n, t, op, c);
}

int MPI_Bcast(void *b, int n, MPI_Datatype t, int root, MPI_Comm c) {
  note(BCAST, size_of(n, t));
  return PMPI_Bcast(b, n, t, root, c);
}

int MPI_Reduce_scatter_block(const void *a, void *b, int n, MPI_Datatype t, MPI_Op op, MPI_Comm c) {
  note(ALLREDUCE, size_of(n, t));
  return PMPI_Reduce_scatter_block(a, b, n, t, op, c);
}

int MPI_Ibarrier(MPI_Comm c, MPI_Request *q) {
  note(BARRIER, 0);
  return PMPI_Ibarrier(c, q);
}

int MPI_Barrier(MPI_Comm c) {
  note(BARRIER, 0);
  return PMPI_Barrier(c);
}

int MPI_Allgather(const void *a, int n, MPI_Datatype t, void *b, int n2, MPI_Datatype t2, MPI_Comm c) {
  note(ALLGATHER, size_of((long long)n2 * ranks_of(c), t2));
  return PMPI_Allgather(a, n, t, b, n2, t2, c);
}

int MPI_Allgatherv(const void *a, int n, MPI_Datatype t, void *b, const int *n2, const int *at, MPI_Datatype t2,
                   MPI_Comm c) {
  note(ALLGATHER, size_of(total(n2, c), t2));
  return PMPI_Allgatherv(a, n, t, b, n2, at, t2, c);
}

int MPI_Iallgather(const void *a, int n, MPI_Datatype t, void *b, int n2, MPI_Datatype t2, MPI_Comm c, MPI_Request *q) {
  note(ALLGATHER, size_of((long long)n2 * ranks_of(c), t2));
  return PMPI_Iallgather(a, n, t, b, n2, t2, c, q);
}

int MPI_Iallgatherv(const void *a, int n, MPI_Datatype t, void *b, const int *n2, const int *at, MPI_Datatype t2,
                    MPI_Comm c, MPI_Request *q) {
  note(ALLGATHER, size_of(total(n2, c), t2));
  return PMPI_Iallgatherv(a, n, t, b, n2, at, t2, c, q);
}

int MPI_Gather(const void *a, int n, MPI_Datatype t, void *b, int n2, MPI_Datatype t2, int root, MPI_Comm c) {
  note(GATHER, rank_in(c) == root ? size_of((long long)n2 * ranks_of(c), t2) : 0);
  return PMPI_Gather(a, n, t, b, n2, t2, root, c);
}

int MPI_Gatherv(const void *a, int n, MPI_Datatype t, void *b, const int *n2, const int *at, MPI_Datatype t2, int root,
                MPI_Comm c) {
  note(GATHER, rank_in(c) == root ? size_of(total(n2, c), t2) : 0);
  return PMPI_Gatherv(a, n, t, b, n2, at, t2, root, c);
}

int MPI_Alltoall(const void *a, int n, MPI_Datatype t, void *b, int n2, MPI_Datatype t2, MPI_Comm c) {
  note(ALLTOALL, size_of((long long)n2 * ranks_of(c), t2));
  return PMPI_Alltoall(a, n, t, b, n2, t2, c);
}

int MPI_Alltoallv(const void *a, const int *n, const int *from, MPI_Datatype t, void *b, const int *n2, const int *at,
                  MPI_Datatype t2, MPI_Comm c) {
  note(ALLTOALL, size_of(total(n2, c), t2));
  return PMPI_Alltoallv(a, n, from, t, b, n2, at, t2, c);
}

static void write_counts(const char *folder) {
  char path[4096];
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  snprintf(path, sizeof path, "%s/%d.json", folder, rank_in(MPI_COMM_WORLD));
  FILE *file = fopen(path, "w");
  if (!file) {
    perror(path);
    abort();
  }
  fprintf(file, "{\"peak_kb\": %ld", usage.ru_maxrss);
  for (int k = 0; k < KINDS; k++)
    fprintf(file, ", \"%s\": {\"calls\": %lld, \"bytes\": %lld}", names[k], calls[k], bytes[k]);
  fprintf(file, "}\n");
  if (fclose(file)) abort();
}

int MPI_Finalize(void) {
  const char *folder = getenv("COMMS_FOLDER");
  if (folder) write_counts(folder);
  free(persistent);
  return PMPI_Finalize();
}
