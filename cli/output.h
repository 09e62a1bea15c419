/* Standard output that is closed, broken or full. */
#ifndef STF_CLI_OUTPUT_H
#define STF_CLI_OUTPUT_H

/*
 * Call first in main. Standard streams that are closed lead to nowhere, so that no file opened later takes their place.
 * At exit, what could not be written to standard output is reported and the exit status becomes that of a lost
 * resource; a reader that has gone away is no fault.
 */
void stf_output_start(const char *program);

/* Writes out what is buffered. Use it where writing goes on for long, so that the reason of a failure is known. */
void stf_output_flush(void);

#endif
