/* What a striffin function can come back with. The values are the exit codes of the program. */
#ifndef STF_BASE_STATUS_H
#define STF_BASE_STATUS_H

typedef enum stf_status {
  STF_OK = 0,
  STF_BAD_INPUT = 2,   /* the user's files or options; explained in an stf_diags */
  STF_NO_SOLUTION = 3, /* the numerics found no equilibrium; explained in an stf_diags */
  STF_NO_RESOURCE = 4, /* a file could not be read or written, or memory ran out */
  STF_BUG = 70         /* a promise inside striffin was broken */
} stf_status;

/* Returns from the calling function when `call` did not succeed. */
#define STF_TRY(call)                            \
  do {                                           \
    stf_status stf_try_status_ = (call);         \
    if (stf_try_status_) return stf_try_status_; \
  } while (0)

#endif
