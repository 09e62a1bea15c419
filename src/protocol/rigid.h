/* Rigid bodies of a scenario, bound to the mesh. For the files of protocol/ alone. */
#ifndef STF_PROTOCOL_RIGID_H
#define STF_PROTOCOL_RIGID_H

#include "protocol/protocol.h"

/*
 * Binds the rigid bodies to the mesh, then the tools. STF_BAD_INPUT with every fault found: unknown faces or regions,
 * bodies that share a node, two of one name.
 */
stf_status stf_rigids_bind(const stf_bodies *bodies, stf_diags *diags, stf_protocol *protocol);

/* Refuses rigid bodies that share nodes with a grip or a plane of symmetry. */
stf_status stf_rigids_check(const stf_protocol *protocol, stf_diags *diags);

/* Adds the activities' movement; errors as those of stf_protocol_load. */
stf_status stf_rigid_move(stf_protocol *protocol, stf_rigid *rigid, stf_rigid_leg leg);

/* A list grown by one; the old one stays in the arena. NULL when memory is out. */
void *stf_protocol_grown(stf_arena *arena, const void *items, size_t count, size_t size);

#endif
