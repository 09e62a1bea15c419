/* What is read off interfaces, and shown of them. */
#ifndef STF_SOLVE_INTERFACES_H
#define STF_SOLVE_INTERFACES_H

#include "solve/state.h"

/*
 * What every sampler of interfaces reads in a state, into reading [gauges->glides]; forces without the drag of films,
 * which only a step knows. STF_BUG when MPI fails. All ranks.
 */
stf_status stf_interfaces_read(const stf_domain *domain, const stf_gauges *gauges, const stf_state *state,
                               stf_glide_reading *reading);

/* What is shown of an interface at the nodes of its first surface. */
enum {
  STF_SHOWN_SLIP,    /* [mm] */
  STF_SHOWN_OPENING, /* [mm] */
  STF_SHOWN_FILM,    /* [mm] thickness */
  STF_SHOWN_BONDS,   /* share of the area that bonds knit */
  STF_SHOWN_BROKEN,  /* share of the area whose bonds broke */
  STF_SHOWN_BLOOD,   /* [mm] volume of blood over area */
  STF_SHOWN
};

/* Whether an interface of the protocol has such a thing to show. */
bool stf_interfaces_have(const stf_protocol *protocol, int shown);

/* Writes shown [owned]; NAN where nothing lies before a node. */
void stf_interfaces_show(const stf_domain *domain, const stf_state *state, double (*shown)[STF_SHOWN]);

#endif
