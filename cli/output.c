#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/status.h"

static const char *program_name;
static int fault; /* errno of the first failure to write */

void stf_output_flush(void) {
  errno = 0;
  if (fflush(stdout) && !fault) fault = errno;
}

static void finish(int status, void *unused) {
  (void)unused;
  stf_output_flush();
  if (!fault && ferror(stdout)) fault = EIO;
  if (!fault || fault == EPIPE) return;
  fprintf(stderr, "%s: standard output cannot be written (%s)\n", program_name, strerror(fault));
  if (status == STF_OK) _exit(STF_NO_RESOURCE);
}

void stf_output_start(const char *program) {
  program_name = program;
  for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; stream++) {
    if (fcntl(stream, F_GETFD) < 0 && open("/dev/null", O_RDWR) != stream) _exit(STF_NO_RESOURCE);
  }
  on_exit(finish, NULL);
}
