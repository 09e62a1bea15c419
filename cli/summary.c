#include "summary.h"

#include <math.h>
#include <string.h>

#include "anatomy/generator.h"
#include "base/text.h"
#include "ranks.h"
#include "result/file.h"

static const char *plural(size_t count) {
  return count == 1 ? "" : "s";
}

void stf_summary_line(const stf_study *p, const stf_plan *plan, FILE *stream) {
  const size_t elements = p->model.mesh.elements, unknowns = stf_model_unknowns(&p->model);
  fprintf(stream, "%s: %zu element%s, %zu unknowns, %d process%s\n", p->scenario.name, elements, plural(elements),
          unknowns, plan->ranks, plan->ranks == 1 ? "" : "es");
}

/* The smallest box around the body [mm]. */
static void find_extent(const stf_mesh *mesh, double extent[3]) {
  for (int i = 0; i < 3; i++) {
    double low = INFINITY, high = -INFINITY;
    for (size_t n = 0; n < mesh->nodes; n++) {
      low = fmin(low, mesh->X[n][i]);
      high = fmax(high, mesh->X[n][i]);
    }
    extent[i] = high - low;
  }
}

/* "60 x 10 x 0.8 mm" */
static void write_extent(const stf_mesh *mesh, FILE *stream) {
  double extent[3];
  find_extent(mesh, extent);
  for (int i = 0; i < 3; i++) {
    char number[32];
    stf_text_write_number(extent[i], 4, number, sizeof(number));
    fprintf(stream, "%s%s", i ? " x " : "", number);
  }
  fprintf(stream, " mm\n");
}

/*
 * Memory of the direct solver [bytes], all processes together. Measured: 55 MB for a process that solves nothing much,
 * 4.5 kB an unknown in sheets, 9.1 and 12.4 kB in cubes of 21 and 29 nodes a side.
 */
static double guess_memory(const stf_mesh *mesh, size_t unknowns, int ranks) {
  double extent[3];
  find_extent(mesh, extent);
  const double mean = cbrt(extent[0] * extent[1] * extent[2]);
  const double through = cbrt((double)mesh->nodes) * fmin(extent[0], fmin(extent[1], extent[2])) / mean;
  return 55e6 * ranks + fmax(5e3, 430 * through) * (double)unknowns;
}

static void write_memory(double bytes, FILE *stream) {
  char number[32];
  const double unit = bytes < 1e9 ? 1e6 : 1e9, step = bytes < 1e9 ? 10 : 0.1;
  stf_text_write_number(step * ceil(bytes / unit / step), 6, number, sizeof(number));
  fprintf(stream, "memory    about %s %s\n", number, bytes < 1e9 ? "MB" : "GB");
}

static const stf_tissue *find_tissue(const stf_study *p, const char *name) {
  for (size_t i = 0; i < p->scenario.tissues.count; i++) {
    if (strcmp(p->scenario.tissues.items[i].name, name) == 0) return &p->model.tissue[i];
  }
  return NULL;
}

static void write_layer(const stf_study *p, const stf_layer *layer, FILE *stream) {
  char text[128];
  const stf_tissue *tissue = find_tissue(p, layer->tissue);
  if (layer->thickness > 0.0) {
    stf_quantity_format(layer->thickness, STF_LENGTH, text, sizeof(text));
    fprintf(stream, "  layer %s: %s of %s", layer->name, text, tissue ? tissue->name : layer->tissue);
  } else {
    fprintf(stream, "  region %s: %s", layer->name, tissue ? tissue->name : layer->tissue);
  }
  for (size_t i = 0; tissue && i < layer->fields.count && i < tissue->material.families; i++)
    fprintf(stream, "%s %s %s", i ? "," : "; fibres", tissue->material.family[i].name,
            layer->fields.items[i].type->name);
  for (size_t i = 0; tissue && i < layer->fibres.count && i < tissue->material.families; i++) {
    stf_quantity_format(layer->fibres.values[i], STF_ANGLE, text, sizeof(text));
    fprintf(stream, "%s %s at %s", i ? "," : "; fibres", tissue->material.family[i].name, text);
  }
  fprintf(stream, "\n");
}

/* "hex8", or "12 hex8, 40 wedge6" */
static void write_kinds(const stf_model *model, FILE *stream) {
  size_t count[STF_SHAPES] = {0};
  const char *between = "";
  for (size_t e = 0; e < model->mesh.elements; e++) count[model->mesh.shape[e]]++;
  for (int s = 0; s < STF_SHAPES; s++) {
    if (!count[s]) continue;
    fprintf(stream, "%s", between);
    if (count[s] < model->mesh.elements) fprintf(stream, "%zu ", count[s]);
    fprintf(stream, "%s", model->element[s] ? model->element[s]->name : stf_shapes[s].name);
    between = ", ";
  }
}

static void write_anatomy(const stf_study *p, FILE *stream) {
  const stf_generator *generator = p->scenario.anatomy.type->extra;
  const stf_mesh *mesh = &p->model.mesh;
  const stf_layer *layer;
  fprintf(stream, "anatomy   %s, ", p->scenario.anatomy.type->name);
  write_extent(mesh, stream);
  for (size_t i = 0; (layer = generator->layer(p->scenario.anatomy.data, i)); i++) write_layer(p, layer, stream);
  fprintf(stream, "mesh      %zu element%s (", mesh->elements, plural(mesh->elements));
  write_kinds(&p->model, stream);
  fprintf(stream, "), %zu nodes, %zu unknowns\n", mesh->nodes, stf_model_unknowns(&p->model));
}

/* The keys of an activity as they are written, but for when it happens. */
static void write_options(const stf_yaml_node *node, const char *selector, FILE *stream) {
  for (size_t i = 0; node && i < node->count; i++) {
    const stf_yaml_node *child = node->children[i];
    if (!strcmp(child->key, selector) || !strcmp(child->key, "at") || !strcmp(child->key, "for")) continue;
    if (!strcmp(child->key, "name") || !child->text) continue;
    fprintf(stream, ", %s %s", child->key, child->text);
  }
}

static void write_timeline(const stf_study *p, FILE *stream) {
  double now = 0;
  fprintf(stream, "timeline\n");
  for (size_t i = 0; i < p->scenario.timeline.count; i++) {
    const stf_variant *item = &p->scenario.timeline.items[i];
    const stf_activity *activity = item->type->extra;
    const stf_activity_options *options = item->data;
    char start[64], end[64];
    if (!activity->lasts && isfinite(options->at)) now = options->at;
    stf_quantity_format(now, STF_TIME, start, sizeof(start));
    if (activity->lasts) now += options->duration;
    stf_quantity_format(now, STF_TIME, end, sizeof(end));
    fprintf(stream, "  %s%s%s: %s", start, activity->lasts ? " to " : "", activity->lasts ? end : "", item->type->name);
    write_options(options->node, "do", stream);
    fprintf(stream, "\n");
  }
}

static void write_measures(const stf_study *p, FILE *stream) {
  const stf_compare *lines = p->scenario.compare.items;
  if (p->gauges.count) fprintf(stream, "measure\n");
  for (size_t i = 0; i < p->gauges.count; i++) {
    const stf_gauge *gauge = &p->gauges.gauge[i];
    fprintf(stream, "  %s%s%s%s: %s", gauge->name, *gauge->unit ? " [" : "", gauge->unit, *gauge->unit ? "]" : "",
            gauge->what);
    write_options(gauge->node, "what", stream);
    fprintf(stream, "\n");
  }
  if (p->scenario.compare.count) fprintf(stream, "compare\n");
  for (size_t i = 0; i < p->scenario.compare.count; i++)
    fprintf(stream, "  %s with %s of %s (%s)\n", lines[i].measure, lines[i].quantity, stf_file_base(lines[i].data),
            stf_role_names[lines[i].role]);
}

/* What is fitted, and what the scenario sets in place of a tissue's own number. */
static void write_parameters(const stf_study *p, FILE *stream) {
  if (p->model.calibrations) fprintf(stream, "calibrate\n");
  for (size_t i = 0; i < p->model.calibrations; i++) {
    const stf_calibrated *c = &p->model.calibrated[i];
    char from[64], to[64], now[64];
    stf_quantity_format(c->from, c->parameter->dimension, from, sizeof(from));
    stf_quantity_format(c->to, c->parameter->dimension, to, sizeof(to));
    stf_quantity_format(c->value, c->parameter->dimension, now, sizeof(now));
    fprintf(stream, "  %s of %s between %s and %s, now %s", c->parameter->path, p->model.tissue[c->tissue].name, from,
            to, now);
    if (c->overridden) fprintf(stream, " as set here (the tissue's file says %s)", c->parameter->text);
    fprintf(stream, "\n");
  }
}

/* "  fibres.along.modulus of fascia_lata varies by 31 %, with ..., as fibres.fibrils.modulus does (correlation 0.9)" */
static void write_scatter(const stf_study *p, const stf_scatter *line, FILE *stream) {
  char cv[32], r[32];
  fprintf(stream, "  %s of %s varies ", line->parameter->path, p->model.tissue[line->tissue].name);
  if (line->high > 0.0) {
    fprintf(stream, "from %.3g to %.3g times its value", line->low, line->high);
  } else {
    stf_text_write_number(100.0 * line->cv, 3, cv, sizeof(cv));
    fprintf(stream, "by %s %%", cv);
  }
  for (size_t k = 0; k < line->ties; k++) fprintf(stream, "%s %s", k ? "," : " together with", line->tied[k]->path);
  if (line->follows >= 0) {
    stf_text_write_number(line->correlation, 3, r, sizeof(r));
    fprintf(stream, ", correlated (%s) with %s", r, p->model.ensemble.line[line->follows].parameter->path);
  }
  fprintf(stream, "\n");
}

static void write_ensemble(const stf_study *p, const stf_plan *plan, FILE *stream) {
  if (!p->model.ensemble.members) return;
  fprintf(stream, "ensemble  %ld member%s, seed %ld, %d at a time\n", plan->members, plural((size_t)plan->members),
          p->scenario.seed, plan->at_once);
  for (size_t i = 0; i < p->model.ensemble.lines; i++) write_scatter(p, &p->model.ensemble.line[i], stream);
}

static void write_ranks(const stf_plan *plan, size_t unknowns, FILE *stream) {
  fprintf(stream, "processes %d (", plan->ranks);
  if (plan->asked) {
    fprintf(stream, "as asked; there %s %d core%s", plan->cores == 1 ? "is" : "are", plan->cores,
            plural((size_t)plan->cores));
  } else if (unknowns < STF_RANKS_ALONE_BELOW) {
    fprintf(stream, "below %d unknowns one is enough", STF_RANKS_ALONE_BELOW);
  } else {
    fprintf(stream, "as many as there are cores");
  }
  fprintf(stream, ")\n");
}

void stf_summary_write(const stf_study *p, const stf_plan *plan, FILE *stream) {
  const size_t unknowns = stf_model_unknowns(&p->model);
  fprintf(stream, "%s%s%s\n", p->scenario.name, *p->scenario.title ? ": " : "", p->scenario.title);
  write_anatomy(p, stream);
  write_timeline(p, stream);
  write_measures(p, stream);
  write_parameters(p, stream);
  write_ensemble(p, plan, stream);
  write_ranks(plan, unknowns, stream);
  write_memory(guess_memory(&p->model.mesh, unknowns, plan->ranks), stream);
  fprintf(stream, "results   %s%s\n", plan->out ? plan->out : "out/", plan->out ? "" : p->scenario.name);
}
