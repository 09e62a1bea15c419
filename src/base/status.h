/* Handing a status up. The values are public: striffin.h. */
#ifndef STF_BASE_STATUS_H
#define STF_BASE_STATUS_H

#include "striffin.h"

/* Returns from the calling function when `call` did not succeed. */
#define STF_TRY(call)                            \
  do {                                           \
    stf_status stf_try_status_ = (call);         \
    if (stf_try_status_) return stf_try_status_; \
  } while (0)

#endif
