/* The fields of a run made ready for a page: the surface of every layer, how it moves and what is shown on it. */
#ifndef STF_RESULT_SCENE_H
#define STF_RESULT_SCENE_H

#include <jansson.h>

#include "result/buffer.h"

enum { STF_SCENE_MOST_STEPS = 60 };

/*
 * Reads fields.pvd, its files and fibres.vtu of the result folder `folder`. At most STF_SCENE_MOST_STEPS frames are
 * taken (fewer of surfaces with over 100,000 triangles), evenly, the first and the last among them. `record` is
 * run.json (borrowed; layers and tools that it does not name get numbers). `*scene` says what there is and names the
 * packed blocks, which are added to `blocks` as script elements whose ids begin with `prefix`; the caller releases it.
 * It is JSON's null where the run has no fields.pvd. STF_BAD_INPUT for damaged files, STF_NO_RESOURCE.
 */
stf_status stf_scene_read(const char *folder, const json_t *record, const char *prefix, stf_diags *diags,
                          json_t **scene, stf_buffer *blocks);

#endif
