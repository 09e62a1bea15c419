/*
 * striffin: a simulator of the fascial system. The whole public interface.
 *
 *     stf_diags *diags = stf_diags_create();
 *     stf_run_summary summary;
 *     stf_run_start();
 *     stf_status status = stf_run(&(stf_run_options){.scenario = "case.yaml", .library = "tissues"}, diags, &summary);
 *     stf_diags_print(diags, stderr);
 *     stf_run_stop();
 *     stf_diags_destroy(diags);
 *
 * The library never prints (but where it is handed a stream) and never exits. Each function says who owns what it is
 * given and gives, and whether all ranks of an MPI program must call it. None may be called by two threads at a time.
 *
 * An instrument for research and teaching, not a medical device.
 */
#ifndef STRIFFIN_H
#define STRIFFIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#if defined(__GNUC__)
#define STF_API __attribute__((visibility("default")))
#else
#define STF_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The version of the library, as "0.1.0". */
STF_API const char *stf_version(void);

/* ---- What a function can come back with. The values are the exit codes of the program. ---- */

typedef enum stf_status {
  STF_OK = 0,
  STF_BAD_INPUT = 2,   /* the user's files or options; explained in an stf_diags */
  STF_NO_SOLUTION = 3, /* the numerics found no equilibrium; explained in an stf_diags */
  STF_NO_RESOURCE = 4, /* a file could not be read or written, or memory ran out */
  STF_STOPPED = 75,    /* somebody asked for it; what was reached is on disk. The program then ends by that signal */
  STF_BUG = 70         /* a promise inside striffin was broken */
} stf_status;

/* ---- Diagnostics: what is wrong, where, and what would be right. ---- */

typedef enum stf_severity { STF_WARNING, STF_ERROR } stf_severity;

/* A position in a file and in its tree of keys; line and column count from 1, 0 when unknown. */
typedef struct stf_place {
  const char *file;
  int line, column;
  const char *path; /* as "timeline[1].by"; NULL for the whole file */
} stf_place;

typedef struct stf_diag {
  stf_severity severity;
  stf_place place;
  const char *found;    /* what stands there */
  const char *expected; /* what is allowed, or NULL */
  const char *hint;     /* the nearest spelling or a likely cause, or NULL */
} stf_diag;

typedef struct stf_diags stf_diags;

/* An empty collection, or NULL when memory is out. The caller destroys it. */
STF_API stf_diags *stf_diags_create(void);
STF_API void stf_diags_destroy(stf_diags *diags);

STF_API size_t stf_diags_errors(const stf_diags *diags);                 /* number of errors added, kept or not */
STF_API size_t stf_diags_warnings(const stf_diags *diags);               /* number of warnings added, kept or not */
STF_API size_t stf_diags_count(const stf_diags *diags);                  /* number kept, 100 at most */
STF_API const stf_diag *stf_diags_get(const stf_diags *diags, size_t i); /* i < count; owned by the collection */

/*
 * One line: "case.yaml:12:5: error: timeline[1].by: found 6; expected a length with its unit, such as 6 mm (hint)".
 * Control characters of user text are shown as \xNN. Returns the length as snprintf does.
 */
STF_API int stf_diag_format(const stf_diag *diag, char *buffer, size_t size);

/* Writes every diagnostic on its line, sorted by file, line and column, and how many were left out. */
STF_API void stf_diags_print(const stf_diags *diags, FILE *stream);

/* ---- Running a scenario from its file to its results. ---- */

/* How far a run is; given after every accepted step, on the first rank only. */
typedef struct stf_progress {
  const char *activity; /* "pull" */
  double time, end;     /* [s] of the scenario */
  long step;            /* accepted so far */
  int iterations;       /* Newton iterations of this step */
  long cutbacks;        /* steps halved so far */
  double seconds_spent; /* wall clock, since the run started */
  double seconds_left;  /* estimate; NAN before there is one */
} stf_progress;

typedef struct stf_run_options {
  const char *scenario;                                          /* path of the file */
  const char *library;                                           /* folder with the tissue library */
  const char *out;                                               /* folder of the result; NULL: out/NAME */
  const char *page;                                              /* page of the report; NULL: no report.html */
  const volatile int *stop;                                      /* other than 0: end after the step; NULL: never */
  bool resume;                                                   /* go on from the checkpoint in NAME.part */
  void (*progress)(const stf_progress *progress, void *context); /* may be NULL */
  void *context;
} stf_run_options;

/* What a run came to. Strings live as long as the diagnostics given to stf_run. */
typedef struct stf_run_summary {
  const char *out; /* where the results are: NAME, or NAME.part after a failure; NULL: nothing written, or not rank 0 */
  size_t unknowns, elements;
  int ranks;
  long steps, iterations, cutbacks;
  const char *cycles;        /* how many were computed and jumped over, and whether the body ruptured; NULL: none */
  const char *solver;        /* how the linear equations were solved, and what it took; NULL when none were */
  const char *solver_reason; /* why so */
  double seconds;
  long members;          /* of the ensemble that the scenario tells, which stf_run does not run; 0: none */
  const char *prestress; /* lines on how it was found, each ending in a newline; "" without one */
} stf_run_summary;

/*
 * Starts MPI and PETSc without reading any options file, in a way that is quick on one machine. Call once, first.
 * All ranks. STF_BUG when PETSc does not start.
 */
STF_API stf_status stf_run_start(void);

/* Ends what stf_run_start began. All ranks. */
STF_API void stf_run_stop(void);

/* This process's rank, 0 before stf_run_start. */
STF_API int stf_run_rank(void);

/*
 * Reads, checks and runs a scenario; writes curves.csv, fields, run.json, timing.json and report.html and swaps the
 * folder in. The page is share/striffin/report.html where striffin is installed. All ranks; input faults are diagnosed
 * alike on all. STF_BAD_INPUT: nothing was touched. STF_NO_SOLUTION: the last good state stays in summary->out.
 * STF_STOPPED: so it does, to be gone on with by `resume`. STF_NO_RESOURCE; where only the report could not be written,
 * the results are in place all the same.
 */
STF_API stf_status stf_run(const stf_run_options *options, stf_diags *diags, stf_run_summary *summary);

/* ---- A member of an ensemble: a specimen with numbers drawn from the scatter that a scenario tells. ---- */

typedef struct stf_member_options {
  const char *scenario;     /* path of the file, which has an ensemble */
  const char *library;      /* folder with the tissue library */
  long member;              /* from 1; the same member draws the same numbers, however many there are */
  FILE *stream;             /* where what it measured is written, as JSON */
  const volatile int *stop; /* other than 0: end after the step; NULL: never */
} stf_member_options;

/*
 * Runs one member of a scenario's ensemble on one process; nothing is written but to the stream, and that only when the
 * run went through. STF_BAD_INPUT, STF_NO_SOLUTION, STF_STOPPED and STF_NO_RESOURCE as stf_run has them.
 */
STF_API stf_status stf_member_run(const stf_member_options *options, stf_diags *diags);

/* ---- Fitting parameters of tissues to measurements. ---- */

/* How far a fit is; given each time that all its scenarios were run, on the first rank only. */
typedef struct stf_calibrate_progress {
  long runs;         /* of scenarios so far */
  double sum, least; /* of squared residuals now, and the least so far */
  const char *where; /* "fibres.along.modulus 812 MPa" */
} stf_calibrate_progress;

typedef struct stf_calibrate_options {
  const char *const *scenarios; /* [count] paths of the files, fitted at once */
  size_t count;
  const char *library;                                                     /* folder with the tissue library */
  const char *out;                                                         /* NULL: out/calibrate-NAME */
  int write;                                                               /* not 0: change the tissues' files too */
  void (*progress)(const stf_calibrate_progress *progress, void *context); /* may be NULL */
  void *context;
} stf_calibrate_options;

/* What a fit came to. Strings live as long as the diagnostics given to stf_calibrate. */
typedef struct stf_calibrate_summary {
  const char *out; /* folder with result.yaml and result.txt; NULL: nothing written */
  long runs;       /* of scenarios */
} stf_calibrate_summary;

/*
 * Fits the parameters that scenarios declare in `calibrate` to the measurements that they compare in the role
 * calibrated, by bounded least squares on whole runs; writes values, standard errors and correlations. What the data do
 * not determine is a warning. Tissues' files stay as they are unless `write` asks for it. All ranks. STF_BAD_INPUT: a
 * scenario is at fault, or what was to be written is not determined. STF_NO_SOLUTION: a run found no equilibrium.
 * STF_NO_RESOURCE.
 */
STF_API stf_status stf_calibrate(const stf_calibrate_options *options, stf_diags *diags,
                                 stf_calibrate_summary *summary);

#ifdef __cplusplus
}
#endif

#endif
