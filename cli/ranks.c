#define _GNU_SOURCE /* sched_getaffinity */
#include "ranks.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

/* The first of the processors that share a core with `cpu`, or `cpu` itself where the system does not tell. */
static int first_sibling(int cpu) {
  char path[96];
  int first = cpu;
  snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list", cpu);
  FILE *file = fopen(path, "r");
  if (!file) return cpu;
  if (fscanf(file, "%d", &first) != 1) first = cpu; /* NOLINT(cert-err34-c): checked, and the kernel's own */
  fclose(file);
  return first;
}

/* Cores that the quota of the control group amounts to; a large number where there is none. */
static double quota(void) {
  long most = 0, period = 0;
  FILE *file = fopen("/sys/fs/cgroup/cpu.max", "r");
  if (!file) return STF_RANKS_MOST;
  const int got = fscanf(file, "%ld %ld", &most, &period); /* NOLINT(cert-err34-c): "max 100000" reads nothing */
  fclose(file);
  return got == 2 && most > 0 && period > 0 ? (double)most / (double)period : STF_RANKS_MOST;
}

int stf_ranks_cores(void) {
  cpu_set_t allowed, cores;
  CPU_ZERO(&allowed);
  CPU_ZERO(&cores);
  if (sched_getaffinity(0, sizeof(allowed), &allowed)) return 1;
  for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
    const int first = CPU_ISSET(cpu, &allowed) ? first_sibling(cpu) : -1;
    if (first >= 0 && first < CPU_SETSIZE) CPU_SET(first, &cores);
  }
  const int count = CPU_COUNT(&cores);
  const double share = quota();
  const int within = share < count ? (int)share : count;
  return within > 1 ? within : 1;
}

int stf_ranks_choose(size_t unknowns, int cores) {
  return unknowns < STF_RANKS_ALONE_BELOW ? 1 : cores;
}

bool stf_ranks_launched(void) {
  static const char *const signs[] = {"OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK"};
  for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++) {
    if (getenv(signs[i])) return true;
  }
  return false;
}
