#include "fit/report.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "result/file.h"

enum { CELL = 80, MOST_COLUMNS = 7, DIGITS = 12 };

/* ---- what both have ---- */

static const char *unit_of(const stf_provenance *p) {
  return stf_dimension_describe(p->dimension)->base;
}

static const char *case_name(const stf_fit *f, size_t scenario) {
  return f->scenario[scenario].study->scenario.name;
}

/* "held at from", "held at to", or NULL. */
static const char *bound_of(const stf_fitted *t, size_t i) {
  if (!t->held[i]) return NULL;
  return stf_fit_scaled(&t->fit->parameter[i], t->fit->parameter[i].value) < 0.5 ? "from" : "to";
}

/* Relative change of parameter i in a combination, where one that is 0 counts by the width of its bounds. */
static double share(const stf_fitted *t, const stf_loose *loose, size_t i) {
  const stf_fit_parameter *p = &t->fit->parameter[i];
  const double width = p->declared->to - p->declared->from;
  return loose->direction[i] * width / (p->value != 0.0 ? fabs(p->value) : width);
}

const char *stf_fitted_combination(const stf_fitted *t, const stf_loose *loose) {
  const stf_fit *f = t->fit;
  const char *all = "";
  double largest = 0.0;
  for (size_t i = 0; i < f->parameters; i++) largest = fmax(largest, fabs(share(t, loose, i)));
  for (size_t i = 0; i < f->parameters; i++) {
    const double percent = share(t, loose, i) / largest;
    char number[32];
    if (fabs(percent) < 0.01) continue;
    stf_text_write_number(fabs(percent), 2, number, sizeof number);
    all = stf_diags_text(f->diags, "%s%s%s %c%s %%", all, *all ? " with " : "",
                         f->parameter[i].declared->parameter->path, percent < 0.0 ? '-' : '+', number);
  }
  return all;
}

/* ---- result.yaml ---- */

static void put_number(stf_buffer *b, const char *key, double value) {
  stf_buffer_printf(b, "%s: ", key);
  if (isfinite(value)) {
    stf_buffer_number(b, value, DIGITS);
  } else {
    stf_buffer_text(b, isinf(value) ? ".inf" : "null");
  }
}

/* Text between double quotes, whatever is in it. */
static void put_text(stf_buffer *b, const char *key, const char *text) {
  stf_buffer_printf(b, "%s: \"", key);
  for (const char *at = text; *at; at++) {
    if (*at == '"' || *at == '\\') stf_buffer_text(b, "\\");
    stf_buffer_add(b, at, 1);
  }
  stf_buffer_text(b, "\"");
}

static void put_parameter(const stf_fitted *t, size_t i, stf_buffer *b) {
  const stf_fit_parameter *p = &t->fit->parameter[i];
  const char *bound = bound_of(t, i);
  stf_buffer_printf(b, "  - tissue: %s\n    parameter: %s\n    with: [", p->tissue->name, p->declared->parameter->path);
  for (size_t k = 0; k < p->declared->ties; k++)
    stf_buffer_printf(b, "%s%s", k ? ", " : "", p->declared->tied[k]->path);
  stf_buffer_text(b, "]\n    ");
  put_text(b, "unit", unit_of(p->declared->parameter));
  const struct {
    const char *key;
    double value;
  } numbers[] = {{"from", p->declared->from}, {"to", p->declared->to}, {"in_file", p->declared->parameter->value},
                 {"start", p->start},         {"fitted", p->value},    {"standard_error", t->error[i]}};
  for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
    stf_buffer_text(b, "\n    ");
    put_number(b, numbers[k].key, numbers[k].value);
  }
  stf_buffer_printf(b, "\n    at_bound: %s\n    determined: %s\n", bound ? bound : "null",
                    t->uncertainty->fixed[i] ? "true" : "false");
}

static void put_correlation(const stf_fitted *t, stf_buffer *b) {
  const size_t n = t->fit->parameters;
  stf_buffer_text(b, "correlation:\n");
  for (size_t i = 0; i < n; i++) {
    stf_buffer_text(b, "  - [");
    for (size_t j = 0; j < n; j++) {
      const double value = t->uncertainty->correlation[i * n + j];
      if (j) stf_buffer_text(b, ", ");
      if (isfinite(value)) {
        stf_buffer_number(b, value, 6);
      } else {
        stf_buffer_text(b, "null");
      }
    }
    stf_buffer_text(b, "]\n");
  }
}

static void put_loose(const stf_fitted *t, stf_buffer *b) {
  const stf_uncertainty *u = t->uncertainty;
  stf_buffer_printf(b, "undetermined:%s\n", u->loose_count ? "" : " []");
  for (size_t k = 0; k < u->loose_count; k++) {
    stf_buffer_text(b, "  - {");
    put_text(b, "combination", stf_fitted_combination(t, &u->loose[k]));
    stf_buffer_printf(b, ", open: %s}\n", u->loose[k].open ? "true" : "false");
  }
}

static void put_target(const stf_fit *f, const stf_fit_target *target, stf_buffer *b) {
  const stf_comparison *c = target->measured;
  stf_buffer_printf(b, "  - case: %s\n    measurement: %s\n    ", case_name(f, target->scenario), c->measurement->name);
  put_text(b, "quantity", c->quantity);
  stf_buffer_text(b, "\n    ");
  put_text(b, "unit", c->measurement->unit);
  stf_buffer_text(b, "\n    ");
  put_number(b, "measured", c->value);
  stf_buffer_text(b, "\n    ");
  put_number(b, "sd", target->sd);
  stf_buffer_printf(b, "\n    sd_from: %s\n    ", target->assumed ? "assumed" : "data");
  put_number(b, "simulated", target->simulated);
  stf_buffer_text(b, "\n    ");
  put_number(b, "residual", (target->simulated - c->value) / target->sd);
  stf_buffer_text(b, "\n");
}

void stf_fitted_yaml(const stf_fitted *t, stf_buffer *b) {
  const stf_fit *f = t->fit;
  stf_buffer_text(b, "striffin-calibration: 1\n");
  stf_buffer_text(b, "cases: [");
  for (size_t s = 0; s < f->cases; s++) stf_buffer_printf(b, "%s%s", s ? ", " : "", case_name(f, s));
  stf_buffer_printf(b, "]\nconverged: %s\nreason: %s\niterations: %ld\nruns: %ld\n",
                    t->found->converged ? "true" : "false", t->found->reason, t->found->iterations, f->runs);
  put_number(b, "sum_of_squares", t->found->sum);
  stf_buffer_text(b, "\n");
  put_number(b, "condition", t->uncertainty->condition);
  stf_buffer_text(b, "\nparameters:\n");
  for (size_t i = 0; i < f->parameters; i++) put_parameter(t, i, b);
  put_correlation(t, b);
  put_loose(t, b);
  stf_buffer_text(b, "measurements:\n");
  for (size_t i = 0; i < f->targets; i++) put_target(f, &f->target[i], b);
  stf_buffer_printf(b, "edits:%s\n", t->edits ? "" : " []");
  for (size_t i = 0; i < t->edits; i++) {
    const stf_fit_edit *edit = &t->edit[i];
    stf_buffer_printf(b, "  - {file: %s, line: %d, parameter: %s, ", stf_file_base(edit->place.file), edit->place.line,
                      edit->path);
    put_text(b, "in_file", edit->old);
    stf_buffer_text(b, ", ");
    put_text(b, "fitted", edit->wanted);
    stf_buffer_text(b, "}\n");
  }
}

/* ---- result.txt ---- */

typedef struct row {
  char cell[MOST_COLUMNS][CELL];
} row;

static void print_table(const row *rows, size_t count, int columns, stf_buffer *b) {
  for (size_t r = 0; r < count; r++) {
    for (int c = 0; c < columns; c++) {
      size_t width = 0;
      for (size_t k = 0; k < count; k++)
        if (strlen(rows[k].cell[c]) > width) width = strlen(rows[k].cell[c]);
      stf_buffer_printf(b, "%s%-*s", c ? "  " : "", c + 1 < columns ? (int)width : 0, rows[r].cell[c]);
    }
    stf_buffer_text(b, "\n");
  }
}

/* "942 MPa" */
static void write_cell(char cell[CELL], double value, int digits, const char *unit) {
  char number[32];
  stf_text_write_number(value, digits, number, sizeof number);
  snprintf(cell, CELL, "%s%s%s", number, *unit && strcmp(unit, "1") != 0 ? " " : "",
           strcmp(unit, "1") != 0 ? unit : "");
}

static void fill_parameter(const stf_fitted *t, size_t i, row *to) {
  const stf_fit_parameter *p = &t->fit->parameter[i];
  const stf_provenance *number = p->declared->parameter;
  const char *unit = unit_of(number), *bound = bound_of(t, i);
  snprintf(to->cell[0], CELL, "%s %s", p->tissue->name, number->path);
  write_cell(to->cell[1], number->value, 6, unit);
  write_cell(to->cell[2], p->value, 6, unit);
  if (isfinite(t->error[i])) {
    write_cell(to->cell[3], t->error[i], 3, unit);
  } else {
    snprintf(to->cell[3], CELL, "none");
  }
  if (number->value != 0.0) {
    const double percent = 100.0 * (p->value / number->value - 1.0);
    write_cell(to->cell[4], round(1000.0 * percent) / 1000.0, 3, "%");
  }
  if (bound) snprintf(to->cell[5], CELL, "HELD at its bound `%s`", bound);
  if (!bound && !t->uncertainty->fixed[i]) snprintf(to->cell[5], CELL, "NOT determined");
}

static stf_status print_parameters(const stf_fitted *t, stf_buffer *b) {
  const size_t n = t->fit->parameters;
  row *rows = stf_arena_alloc(t->fit->arena, (n + 1) * sizeof *rows);
  if (!rows) return STF_NO_RESOURCE;
  rows[0] = (row){.cell = {"parameter", "in the file", "fitted", "standard error", "change", ""}};
  for (size_t i = 0; i < n; i++) fill_parameter(t, i, &rows[i + 1]);
  print_table(rows, n + 1, 6, b);
  return STF_OK;
}

static void fill_target(const stf_fit *f, const stf_fit_target *target, row *to) {
  const stf_comparison *c = target->measured;
  const char *unit = c->measurement->unit;
  char sd[CELL];
  snprintf(to->cell[0], CELL, "%s %s", case_name(f, target->scenario), c->measurement->name);
  write_cell(to->cell[1], c->value, 6, unit);
  write_cell(sd, target->sd, 3, unit);
  snprintf(to->cell[2], CELL, "%.60s%s", sd, target->assumed ? " (assumed)" : "");
  write_cell(to->cell[3], target->simulated, 6, unit);
  write_cell(to->cell[4], (target->simulated - c->value) / target->sd, 3, "");
}

static stf_status print_targets(const stf_fit *f, stf_buffer *b) {
  row *rows = stf_arena_alloc(f->arena, (f->targets + 1) * sizeof *rows);
  if (!rows) return STF_NO_RESOURCE;
  rows[0] = (row){.cell = {"measurement", "measured", "SD", "simulated", "residual/SD"}};
  for (size_t i = 0; i < f->targets; i++) fill_target(f, &f->target[i], &rows[i + 1]);
  print_table(rows, f->targets + 1, 5, b);
  return STF_OK;
}

/* The matrix below its diagonal; "-" where a parameter has no standard error. */
static void print_correlation(const stf_fitted *t, stf_buffer *b) {
  const size_t n = t->fit->parameters;
  if (n < 2) return;
  stf_buffer_text(b, "\ncorrelation of the fitted values\n");
  for (size_t i = 0; i < n; i++) {
    stf_buffer_printf(b, "  %-40s", t->fit->parameter[i].declared->parameter->path);
    for (size_t j = 0; j <= i; j++) {
      char number[32] = "-";
      const double value = t->uncertainty->correlation[i * n + j];
      if (isfinite(value)) stf_text_write_number(round(1000.0 * value) / 1000.0, 3, number, sizeof number);
      stf_buffer_printf(b, " %8s", number);
    }
    stf_buffer_text(b, "\n");
  }
}

static void print_edits(const stf_fitted *t, stf_buffer *b) {
  size_t changed = 0;
  for (size_t i = 0; i < t->edits; i++) changed += strcmp(t->edit[i].old, t->edit[i].wanted) != 0;
  if (!changed) return;
  stf_buffer_text(b, "\nlines of the tissue library that this would change\n");
  for (size_t i = 0; i < t->edits; i++)
    if (strcmp(t->edit[i].old, t->edit[i].wanted) != 0)
      stf_buffer_printf(b, "  %s:%d  %s: %s -> %s\n", stf_file_base(t->edit[i].place.file), t->edit[i].place.line,
                        t->edit[i].path, t->edit[i].old, t->edit[i].wanted);
}

void stf_fitted_text(const stf_fitted *t, stf_buffer *b) {
  const stf_uncertainty *u = t->uncertainty;
  stf_buffer_printf(b, "%s after %ld iterations and %ld runs (%s); sum of squared residuals ",
                    t->found->converged ? "Fitted" : "NOT converged", t->found->iterations, t->fit->runs,
                    t->found->reason);
  stf_buffer_number(b, t->found->sum, 3);
  stf_buffer_text(b, "\n\n");
  if (print_parameters(t, b)) b->failed = true;
  stf_buffer_text(b, "\n");
  if (print_targets(t->fit, b)) b->failed = true;
  print_correlation(t, b);
  for (size_t k = 0; k < u->loose_count; k++)
    stf_buffer_printf(b, "\nNOT determined by these data%s:\n  %s\n",
                      u->loose[k].open ? "" : " within the bounds of the parameters",
                      stf_fitted_combination(t, &u->loose[k]));
  print_edits(t, b);
}
