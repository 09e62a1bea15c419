#include "meter.h"

#include <math.h>
#include <stdio.h>

#include "base/text.h"
#include "output.h"

/* Seconds between two lines. */
static const double often = 0.1, seldom = 5.0;

typedef struct clock_unit {
  const char *name;
  double seconds;
} clock_unit;

static const clock_unit units[] = {{"week", 604800}, {"day", 86400}, {"h", 3600}, {"min", 60}, {"s", 1}};

/* The largest unit of which `time` is at least two. */
static const clock_unit *unit_for(double time) {
  size_t i = 0;
  while (units[i].seconds > 1 && time < 2 * units[i].seconds) i++;
  return &units[i];
}

static void add_number(stf_text_sink *sink, double value, int digits) {
  char number[32];
  stf_text_write_number(value, digits, number, sizeof(number));
  stf_text_add(sink, "%s", number);
}

/* "3.25 of 10 s" */
static void add_times(stf_text_sink *sink, double time, double end) {
  const clock_unit *unit = unit_for(end);
  add_number(sink, time / unit->seconds, 4);
  stf_text_add(sink, " of ");
  add_number(sink, end / unit->seconds, 4);
  stf_text_add(sink, " %s", unit->name);
}

/* "8 s left", "3 min left" */
static void add_left(stf_text_sink *sink, double seconds) {
  if (!isfinite(seconds) || seconds < 0) return;
  const clock_unit *unit = unit_for(seconds);
  stf_text_add(sink, ", ");
  add_number(sink, ceil(seconds / unit->seconds), 6);
  stf_text_add(sink, " %s left", unit->name);
}

static void write_state(const stf_progress *progress, char *line, size_t size) {
  stf_text_sink sink = {.buffer = line, .size = size};
  const double part = progress->end > 0 ? progress->time / progress->end : 1;
  stf_text_add(&sink, "%s: ", progress->activity ? progress->activity : "run");
  add_times(&sink, progress->time, progress->end);
  stf_text_add(&sink, ", %d %%, step %ld, %d iteration%s", (int)(100 * fmin(fmax(part, 0), 1) + 1e-6), progress->step,
               progress->iterations, progress->iterations == 1 ? "" : "s");
  if (progress->cutbacks) stf_text_add(&sink, ", %ld halved", progress->cutbacks);
  if (part < 1) add_left(&sink, progress->seconds_left);
}

static void show(stf_meter *meter, const char *line) {
  if (meter->terminal) {
    printf("\r%.79s\033[K", line);
  } else {
    printf("%s\n", line);
  }
  meter->open = meter->terminal;
  stf_output_flush();
}

void stf_meter_tell(const stf_progress *progress, void *context) {
  stf_meter *meter = context;
  char line[160] = "";
  if (progress->seconds_spent - meter->last_spoke < (meter->terminal ? often : seldom)) return;
  meter->last_spoke = progress->seconds_spent;
  write_state(progress, line, sizeof(line));
  show(meter, line);
}

void stf_meter_tell_fit(const stf_calibrate_progress *progress, void *context) {
  char line[512] = "", sum[32], least[32];
  stf_text_write_number(progress->sum, 3, sum, sizeof(sum));
  stf_text_write_number(progress->least, 3, least, sizeof(least));
  stf_text_sink sink = {.buffer = line, .size = sizeof(line)};
  stf_meter *meter = context;
  if (!meter->terminal && progress->sum > progress->least) return; /* differences, and steps that were too long */
  stf_text_add(&sink, "%ld runs, squared residuals %s, least %s: %s", progress->runs, sum, least, progress->where);
  show(meter, line);
}

void stf_meter_tell_members(stf_meter *meter, long done, long failed, long members, double seconds) {
  char line[160] = "";
  stf_text_sink sink = {.buffer = line, .size = sizeof(line)};
  if (done < members && seconds - meter->last_spoke < (meter->terminal ? often : seldom)) return;
  meter->last_spoke = seconds;
  stf_text_add(&sink, "ensemble: %ld of %ld members", done, members);
  if (failed) stf_text_add(&sink, ", %ld failed", failed);
  if (done && done < members) add_left(&sink, seconds / (double)done * (double)(members - done));
  show(meter, line);
}

void stf_meter_close(stf_meter *meter) {
  if (meter->open) printf("\r\033[K");
  meter->open = false;
  stf_output_flush();
}
