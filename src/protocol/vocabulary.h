/* The one place where everything a scenario can speak of is put together. */
#ifndef STF_PROTOCOL_VOCABULARY_H
#define STF_PROTOCOL_VOCABULARY_H

#include "scenario/scenario.h"

/* All generators, elements, activities and measurements of striffin. */
extern const stf_vocabulary stf_striffin_vocabulary;

#endif
