/* Fibres to look at: fibres.vtu, a short line for each fibre family of an element. */
#ifndef STF_RESULT_FIBRES_H
#define STF_RESULT_FIBRES_H

#include "base/diag.h"
#include "base/status.h"
#include "model/model.h"

enum { STF_FIBRES_MOST = 50000 }; /* lines, about; a body with more is thinned evenly */

/* Lines of a whole body before loading, each through its element's middle along a family's direction. */
typedef struct stf_fibres {
  size_t families;
  const char **family; /* [families] names, in the order of regions, each once; texts belong to the model */
  size_t count;
  double (*X)[3]; /* [2 count] [mm] ends */
  double *layer;  /* [count] index of the region */
  double *of;     /* [count] index of the family */
  double *is;     /* [families][count] 1 on lines of that family, else 0 */
  int *point;     /* [2 count] 0, 1, 2, ... */
} stf_fibres;

/*
 * Collects the lines, 0.8 times as long as their element is that way. In a body of more than STF_FIBRES_MOST, elements
 * are left out whole, evenly along their numbers. The caller clears `fibres` in any case. STF_NO_RESOURCE when memory
 * is out.
 */
stf_status stf_fibres_collect(const stf_model *model, stf_fibres *fibres);
void stf_fibres_clear(stf_fibres *fibres);

/*
 * Writes a .vtu file with the fields `layer`, `family` (the index in `fibres`) and for each family NAME `fibre NAME`, 1
 * or 0. STF_NO_RESOURCE when memory is out or the file cannot be written.
 */
stf_status stf_fibres_write(const stf_fibres *fibres, const char *path, stf_diags *diags);

#endif
