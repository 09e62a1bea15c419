#include "profile.h"

#include <jansson.h>
#include <math.h>

static void print_phase(const char *name, double seconds, double total, long calls, FILE *stream) {
  fprintf(stream, "%-20s %10.3f %6.1f %%", name, seconds, total > 0.0 ? 100.0 * seconds / total : 0.0);
  if (calls > 0) fprintf(stream, " %9ld %12.4g", calls, 1e3 * seconds / (double)calls);
  fprintf(stream, "\n");
}

void stf_profile_print(const char *folder, FILE *stream) {
  char path[4096];
  if ((size_t)snprintf(path, sizeof(path), "%s/timing.json", folder) >= sizeof(path)) return;
  json_t *root = json_load_file(path, 0, NULL);
  const json_t *phases = json_object_get(root, "phases"), *peaks = json_object_get(root, "peak_memory_mb");
  const double total = json_number_value(json_object_get(root, "total_s"));
  double rest = total, peak = 0.0;
  if (phases) fprintf(stream, "%-20s %10s %8s %9s %12s\n", "phase", "seconds", "share", "calls", "ms a call");
  for (size_t k = 0; k < json_array_size(phases); k++) {
    const json_t *phase = json_array_get(phases, k);
    const double seconds = json_number_value(json_object_get(phase, "seconds"));
    const char *name = json_string_value(json_object_get(phase, "phase"));
    print_phase(name ? name : "?", seconds, total, (long)json_integer_value(json_object_get(phase, "calls")), stream);
    rest -= seconds;
  }
  for (size_t k = 0; k < json_array_size(peaks); k++) peak += json_number_value(json_array_get(peaks, k));
  if (phases) print_phase("everything else", fmax(rest, 0.0), total, 0, stream);
  if (peaks)
    fprintf(stream, "%.0f MB at most, over %zu process%s\n", peak, json_array_size(peaks),
            json_array_size(peaks) == 1 ? "" : "es");
  json_decref(root);
}
