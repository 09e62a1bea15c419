#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "solve/petsc.h"
#include "striffin.h"
#include "striffin_config.h"

const char *stf_version(void) {
  return STF_VERSION;
}

/* Whether every process of this run is on this machine, as far as a launcher tells. */
static bool on_one_machine(void) {
  const char *all = getenv("OMPI_COMM_WORLD_SIZE"), *here = getenv("OMPI_COMM_WORLD_LOCAL_SIZE");
  return !all || (here && !strcmp(all, here));
}

/*
 * Open MPI and hwloc look for networks and displays at start-up, which one machine does not need: 0.1 s instead of
 * 0.45 s. What the user has set stays.
 */
static void quicken_start(void) {
  static const char *const settings[][2] = {{"OMPI_MCA_pml", "ob1"},
                                            {"OMPI_MCA_btl", "self,vader"},
                                            {"OMPI_MCA_osc", "^ucx"},
                                            {"HWLOC_COMPONENTS", "-gl,-opencl"}};
  setenv("OMP_NUM_THREADS", "1", 0); /* processes times threads must not exceed the cores */
  setenv("OPENBLAS_NUM_THREADS", "1", 0);
  setenv("SCOTCH_PTHREAD_NUMBER", "1", 1); /* its threads race to another partition in every run */
  if (!on_one_machine()) return;
  for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) setenv(settings[i][0], settings[i][1], 0);
  if (!getenv("OMPI_COMM_WORLD_SIZE")) setenv("OMPI_MCA_ess_singleton_isolated", "1", 0);
}

stf_status stf_run_start(void) {
  static char name[] = "striffin", no_files[] = "-skip_petscrc", no_handler[] = "-no_signal_handler";
  static char *words[] = {name, no_files, no_handler, NULL};
  int count = 3;
  char **list = words;
  quicken_start();
  if (PetscInitialize(&count, &list, NULL, NULL)) return STF_BUG;
  return stf_units_start();
}

void stf_run_stop(void) {
  stf_units_stop();
  PetscFinalize();
}

int stf_run_rank(void) {
  int started = 0, rank = 0;
  MPI_Initialized(&started);
  if (started) MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  return rank;
}
