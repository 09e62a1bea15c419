/* Any bytes as a file of fields: no crash, no leak, points that are there, a status that says whether there are errors.
 */
#include <stdint.h>
#include <stdlib.h>

#include "result/surface.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool promise) {
  if (!promise) abort();
}

static void check_surface(const stf_vtu *vtu, stf_diags *diags) {
  stf_surface s;
  if (!stf_surface_find(vtu, 1, "fuzz.vtu", diags, &s))
    for (size_t t = 0; t < s.triangles; t++)
      for (int k = 0; k < 3; k++) check(s.corner[t][k] < s.vertices && s.point[s.corner[t][k]] < vtu->points);
  stf_surface_clear(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  stf_diags *diags = stf_diags_create();
  stf_vtu vtu;
  check(diags);
  const stf_status status = stf_vtu_parse((const char *)data, size, "fuzz.vtu", diags, &vtu);
  check((status == STF_OK) == (stf_diags_errors(diags) == 0));
  if (!status) check_surface(&vtu, diags);
  stf_vtu_clear(&vtu);
  stf_diags_destroy(diags);
  return 0;
}
