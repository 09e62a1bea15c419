#include "solve/halo.h"

#include <stdlib.h>
#include <string.h>

enum { TAG = 71 };

void stf_halo_clear(stf_halo *h) {
  free(h->first);
  free(h->out_start);
  free(h->out);
  free(h->in_start);
  free(h->in);
  free(h->peer);
  free(h->buffer[0]);
  free(h->buffer[1]);
  free(h->request);
  *h = (stf_halo){0};
}

int stf_halo_owner(const stf_halo *h, int node) {
  int low = 0, high = h->ranks;
  while (high - low > 1) {
    const int middle = (low + high) / 2;
    if (h->first[middle] <= node)
      low = middle;
    else
      high = middle;
  }
  return low;
}

void *stf_halo_trade(MPI_Comm comm, const void *from, const size_t *bytes, size_t *got) {
  int ranks, status = 0;
  MPI_Comm_size(comm, &ranks);
  int *counts = calloc(4 * (size_t)ranks, sizeof *counts), *send = counts, *receive = counts ? counts + ranks : NULL;
  if (!counts) return NULL;
  for (int r = 0; r < ranks; r++) send[r] = (int)bytes[r];
  status = MPI_Alltoall(send, 1, MPI_INT, receive, 1, MPI_INT, comm);
  int *send_at = counts + 2 * ranks, *receive_at = counts + 3 * ranks;
  size_t total = 0;
  for (int r = 0; r < ranks; r++) {
    if (r) send_at[r] = send_at[r - 1] + send[r - 1];
    receive_at[r] = (int)total;
    total += got[r] = (size_t)receive[r];
  }
  char *to = malloc(total + 1);
  if (to && !status) status = MPI_Alltoallv(from, send, send_at, MPI_BYTE, to, receive, receive_at, MPI_BYTE, comm);
  free(counts);
  if (!status) return to;
  free(to);
  return NULL;
}

/* Sorts the ghosts by owner and lets the owners know who wants what. */
static stf_status find_lists(const int *ghost, stf_halo *h) {
  const size_t ranks = (size_t)h->ranks;
  size_t *bytes = calloc(2 * ranks, sizeof *bytes), *got = bytes ? bytes + ranks : NULL;
  int *wanted = malloc(((size_t)h->ghosts + 1) * sizeof *wanted), *asked = NULL;
  if (bytes && wanted) {
    for (int g = 0; g < h->ghosts; g++) h->in_start[stf_halo_owner(h, ghost[g]) + 1]++;
    for (size_t r = 0; r < ranks; r++) h->in_start[r + 1] += h->in_start[r];
    int *next = calloc(ranks, sizeof *next);
    for (int g = 0; next && g < h->ghosts; g++) {
      const int r = stf_halo_owner(h, ghost[g]), at = h->in_start[r] + next[r]++;
      h->in[at] = h->owned + g;
      wanted[at] = ghost[g];
    }
    for (size_t r = 0; r < ranks; r++) bytes[r] = (size_t)(h->in_start[r + 1] - h->in_start[r]) * sizeof *wanted;
    if (next) asked = stf_halo_trade(h->comm, wanted, bytes, got);
    free(next);
  }
  for (size_t r = 0; asked && r < ranks; r++) h->out_start[r + 1] = h->out_start[r] + (int)(got[r] / sizeof *asked);
  for (int k = 0; asked && k < h->out_start[ranks]; k++) asked[k] -= h->first[h->rank];
  h->out = asked;
  free(bytes);
  free(wanted);
  return asked ? STF_OK : STF_NO_RESOURCE;
}

/* With many ranks, an exchange must not look at each of them. */
static stf_status find_peers(stf_halo *h) {
  for (int r = 0; r < h->ranks; r++)
    h->peers += h->out_start[r + 1] > h->out_start[r] || h->in_start[r + 1] > h->in_start[r];
  h->peer = malloc(((size_t)h->peers + 1) * sizeof *h->peer);
  h->request = calloc(2 * (size_t)h->peers + 1, sizeof(MPI_Request));
  if (!h->peer || !h->request) return STF_NO_RESOURCE;
  for (int r = 0, k = 0; r < h->ranks; r++)
    if (h->out_start[r + 1] > h->out_start[r] || h->in_start[r + 1] > h->in_start[r]) h->peer[k++] = r;
  return STF_OK;
}

stf_status stf_halo_init(MPI_Comm comm, int owned, int ghosts, const int *ghost, stf_halo *h) {
  *h = (stf_halo){.comm = comm, .owned = owned, .ghosts = ghosts};
  STF_PETSC(MPI_Comm_rank(comm, &h->rank));
  STF_PETSC(MPI_Comm_size(comm, &h->ranks));
  const size_t ranks = (size_t)h->ranks;
  h->first = calloc(ranks + 1, sizeof *h->first);
  h->out_start = calloc(ranks + 1, sizeof *h->out_start);
  h->in_start = calloc(ranks + 1, sizeof *h->in_start);
  h->in = calloc((size_t)ghosts + 1, sizeof *h->in);
  if (!h->first || !h->out_start || !h->in_start || !h->in) return STF_NO_RESOURCE;
  STF_PETSC(MPI_Allgather(&owned, 1, MPI_INT, h->first + 1, 1, MPI_INT, comm));
  for (size_t r = 0; r < ranks; r++) h->first[r + 1] += h->first[r];
  STF_TRY(find_lists(ghost, h));
  return find_peers(h);
}

static stf_status make_room(stf_halo *h, size_t size) {
  const int most = h->out_start[h->ranks] > h->ghosts ? h->out_start[h->ranks] : h->ghosts;
  if ((size_t)most * size <= h->room) return STF_OK;
  h->room = (size_t)most * size;
  for (int k = 0; k < 2; k++) {
    free(h->buffer[k]);
    if (!(h->buffer[k] = calloc(1, h->room))) return STF_NO_RESOURCE;
  }
  return STF_OK;
}

/* Sends buffer[0] and fills buffer[1]; lists `from` and `to` [ranks + 1] say whose part begins where. */
static stf_status exchange(stf_halo *h, const int *from, const int *to, size_t size) {
  int count = 0;
  for (int k = 0; k < h->peers; k++) {
    const int r = h->peer[k];
    if (to[r + 1] > to[r])
      STF_PETSC(MPI_Irecv(h->buffer[1] + (size_t)to[r] * size, (to[r + 1] - to[r]) * (int)size, MPI_BYTE, r, TAG,
                          h->comm, &h->request[count++]));
  }
  for (int k = 0; k < h->peers; k++) {
    const int r = h->peer[k];
    if (from[r + 1] > from[r])
      STF_PETSC(MPI_Isend(h->buffer[0] + (size_t)from[r] * size, (from[r + 1] - from[r]) * (int)size, MPI_BYTE, r, TAG,
                          h->comm, &h->request[count++]));
  }
  STF_PETSC(MPI_Waitall(count, h->request, MPI_STATUSES_IGNORE));
  return STF_OK;
}

stf_status stf_halo_share(stf_halo *h, void *values, size_t size) {
  char *at = values;
  if (h->ranks == 1) return STF_OK;
  STF_TRY(make_room(h, size));
  for (int k = 0; k < h->out_start[h->ranks]; k++)
    memcpy(h->buffer[0] + (size_t)k * size, at + (size_t)h->out[k] * size, size);
  STF_TRY(exchange(h, h->out_start, h->in_start, size));
  for (int k = 0; k < h->ghosts; k++) memcpy(at + (size_t)h->in[k] * size, h->buffer[1] + (size_t)k * size, size);
  return STF_OK;
}

stf_status stf_halo_add(stf_halo *h, float *values, int count) {
  const size_t size = (size_t)count * sizeof *values;
  if (h->ranks == 1) return STF_OK;
  STF_TRY(make_room(h, size));
  for (int k = 0; k < h->ghosts; k++)
    memcpy(h->buffer[0] + (size_t)k * size, values + (size_t)h->in[k] * (size_t)count, size);
  STF_TRY(exchange(h, h->in_start, h->out_start, size));
  for (int k = 0; k < h->out_start[h->ranks]; k++) {
    const float *from = (const float *)(const void *)(h->buffer[1] + (size_t)k * size);
    for (int i = 0; i < count; i++) values[h->out[k] * count + i] += from[i];
  }
  return STF_OK;
}
