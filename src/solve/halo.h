/*
 * What ranks tell each other about nodes along their borders. Local nodes: owned ones first, then ghosts; owned nodes
 * are numbered on through the ranks. Messages go between two ranks each and are added up in the order of the ranks,
 * so that sums are the same in every run.
 */
#ifndef STF_SOLVE_HALO_H
#define STF_SOLVE_HALO_H

#include <stddef.h>

#include "solve/petsc.h"

typedef struct stf_halo {
  MPI_Comm comm;
  int rank, ranks;
  int owned, ghosts;
  int *first;     /* [ranks + 1] number of the first node of each rank */
  int *out_start; /* [ranks + 1] */
  int *out;       /* [out_start[ranks]] owned nodes that others have as ghosts, by rank */
  int *in_start;  /* [ranks + 1] */
  int *in;        /* [ghosts] local ghosts, by the rank that owns them */
  int *peer;      /* [peers] ranks with nodes of ours as ghosts, or whose nodes are ghosts here; ascending */
  int peers;
  char *buffer[2]; /* what leaves, what arrives */
  size_t room;
  MPI_Request *request; /* [2 peers] */
} stf_halo;

/* `ghost` [ghosts]: numbers of the ghosts among all ranks' nodes, in any order. All ranks. */
stf_status stf_halo_init(MPI_Comm comm, int owned, int ghosts, const int *ghost, stf_halo *halo);
void stf_halo_clear(stf_halo *halo);

/* The rank that owns a node. */
int stf_halo_owner(const stf_halo *halo, int node);

/* Brings the values of owned nodes to their ghosts; values are `size` bytes each [owned + ghosts]. All ranks. */
stf_status stf_halo_share(stf_halo *halo, void *values, size_t size);

/* Adds the values of ghosts to those of the owned nodes, `count` floats each [owned + ghosts]. All ranks. */
stf_status stf_halo_add(stf_halo *halo, float *values, int count);

/*
 * Sends `bytes` [ranks] bytes from `from`, one rank's after the other's, and gets what others send; the bytes got from
 * each rank are written into `got` [ranks]. The caller frees the result; NULL when memory is out. All ranks.
 */
void *stf_halo_trade(MPI_Comm comm, const void *from, const size_t *bytes, size_t *got);

#endif
