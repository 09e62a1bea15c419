/* Gaps between surfaces: how they are measured, and that what they do to nodes is right whatever the law is. */
#include <math.h>
#include <string.h>

#include "interface/gaps.h"
#include "stf_test.h"

/* A law that pulls as springs do, coupled so that nothing vanishes by chance. */
static void springs_rest(const void *data, double bonds, double *memory) {
  (void)data, (void)bonds;
  memset(memory, 0, STF_GAP * sizeof *memory);
}

static void springs_respond(const void *data, const stf_glide_past *past, const double gap[STF_GAP],
                            stf_glide_answer *answer) {
  static const double k[STF_GAP][STF_GAP] = {{2.0, 0.3, 0.4}, {0.3, 1.5, -0.2}, {0.4, -0.2, 3.0}};
  (void)data, (void)past;
  *answer = (stf_glide_answer){0};
  for (int i = 0; i < STF_GAP; i++)
    for (int j = 0; j < STF_GAP; j++) {
      answer->k[i][j] = k[i][j] + (i == j ? 3.0 * gap[i] * gap[i] : 0.0);
      answer->p[i] += k[i][j] * gap[j];
      answer->W += 0.5 * k[i][j] * gap[i] * gap[j];
    }
  for (int i = 0; i < STF_GAP; i++) answer->p[i] += gap[i] * gap[i] * gap[i], answer->W += 0.25 * pow(gap[i], 4);
}

static const stf_glide_law springs = {
    .about = {.name = "springs"}, .memory = STF_GAP, .rest = springs_rest, .respond = springs_respond};

/* Two sheets of nx x ny quads on the rectangle [0, 3] x [0, 2] at z = 0, the upper one facing down. */
enum { MOST = 400 };

typedef struct sheets {
  double X[MOST][3];
  int facet[2][MOST][STF_SIDE_NODES];
  stf_surface side[2];
  int nodes, first[2];
} sheets;

static void lay(sheets *s, int side, int nx, int ny, double skew, bool triangles) {
  const int first = s->nodes;
  size_t count = 0;
  s->first[side] = first;
  for (int i = 0; i <= nx; i++)
    for (int j = 0; j <= ny; j++) {
      double *X = s->X[s->nodes++];
      X[0] = 3.0 * i / nx + (i && i < nx ? skew * sin(3.0 * j + i) : 0.0);
      X[1] = 2.0 * j / ny;
      X[2] = 0.0;
    }
  for (int i = 0; i < nx; i++)
    for (int j = 0; j < ny; j++) {
      const int a = first + i * (ny + 1) + j, b = a + ny + 1;
      const int quad[4] = {a, side ? a + 1 : b, b + 1, side ? b : a + 1};
      for (int t = 0; t < (triangles ? 2 : 1); t++) {
        int *facet = s->facet[side][count++];
        for (int c = 0; c < STF_SIDE_NODES; c++) facet[c] = -1;
        if (triangles)
          for (int c = 0; c < 3; c++) facet[c] = quad[t ? (c + 2) % 4 : c];
        else
          memcpy(facet, quad, sizeof quad);
      }
    }
  s->side[side] = (stf_surface){count, (const int(*)[STF_SIDE_NODES])s->facet[side]};
}

static void even_traction_is_even_on_both_sides(const sheets *s, double tolerance) {
  stf_pairing p;
  double share[MOST] = {0}, wanted[MOST] = {0}, area = 0.0;
  assert_int_equal(stf_pairing_find(&s->side[0], &s->side[1], s->X, 0.1, &p), STF_OK);
  for (size_t g = 0; g < p.nodes; g++) {
    double sum = 0.0, d[3] = {0};
    area += p.area[g];
    for (size_t k = p.start[g]; k < p.start[g + 1]; k++) {
      share[p.item[k]] += p.area[g] * p.weight[k];
      sum += p.weight[k];
      for (int i = 0; i < 3; i++) d[i] += p.weight[k] * s->X[p.item[k]][i];
    }
    stf_assert_small(sum, 1e-13);
    for (int i = 0; i < 3; i++) stf_assert_small(d[i], 1e-12); /* surfaces that lie on each other have no gap */
  }
  stf_assert_near(area, 6.0, 1e-12);
  for (int side = 0; side < 2; side++)
    for (size_t f = 0; f < s->side[side].facets; f++) { /* what an even traction is for flat facets */
      const int *facet = s->side[side].facet[f], corners = facet[3] < 0 ? 3 : 4;
      for (int c = 1; c + 1 < corners; c++) {
        const double *a = s->X[facet[0]], *b = s->X[facet[c]], *e = s->X[facet[c + 1]];
        const double half = 0.5 * fabs((b[0] - a[0]) * (e[1] - a[1]) - (b[1] - a[1]) * (e[0] - a[0]));
        if (corners == 3)
          for (int k = 0; k < 3; k++) wanted[facet[k]] += (side ? 1.0 : -1.0) * half / 3.0;
        else
          for (int k = 0; k < 4; k++) wanted[facet[k]] += (side ? 1.0 : -1.0) * half / 4.0;
      }
    }
  for (int n = 0; n < s->nodes; n++) stf_assert_small(share[n] - wanted[n], tolerance);
  stf_pairing_clear(&p);
}

static void even_tractions_pass_between_meshes_that_match_or_not(void **state) {
  (void)state;
  sheets s = {0};
  lay(&s, 0, 5, 4, 0.0, false);
  lay(&s, 1, 5, 4, 0.0, false);
  even_traction_is_even_on_both_sides(&s, 1e-13);
  s = (sheets){0};
  lay(&s, 0, 5, 4, 0.0, false);
  lay(&s, 1, 7, 3, 0.0, false);
  even_traction_is_even_on_both_sides(&s, 1e-13);
  s = (sheets){0};
  lay(&s, 0, 6, 5, 0.08, true);
  lay(&s, 1, 4, 7, 0.08, true);
  even_traction_is_even_on_both_sides(&s, 1e-13);
}

static void what_lies_apart_or_shows_its_back_is_no_pair(void **state) {
  (void)state;
  sheets s = {0};
  stf_pairing p;
  lay(&s, 0, 3, 3, 0.0, false);
  lay(&s, 1, 3, 3, 0.0, false);
  for (int n = s.first[1]; n < s.nodes; n++) s.X[n][2] = 0.2;
  assert_int_equal(stf_pairing_find(&s.side[0], &s.side[1], s.X, 0.1, &p), STF_OK);
  assert_int_equal(p.nodes, 0);
  stf_pairing_clear(&p);
  assert_int_equal(stf_pairing_find(&s.side[0], &s.side[0], s.X, 0.1, &p), STF_OK);
  assert_int_equal(p.nodes, 0);
  stf_pairing_clear(&p);
  for (int n = s.first[1]; n < s.nodes; n++) s.X[n][0] += 1.5; /* half of it covers half of the other */
  assert_int_equal(stf_pairing_find(&s.side[0], &s.side[1], s.X, 0.3, &p), STF_OK);
  double area = 0.0;
  for (size_t g = 0; g < p.nodes; g++) area += p.area[g];
  stf_assert_near(area, 3.0, 1e-12);
  stf_pairing_clear(&p);
}

/* ---- one gap ---- */

static void place_randomly(sheets *s, uint64_t seed, double (*u)[3]) {
  for (int n = 0; n < s->nodes; n++)
    for (int i = 0; i < 3; i++) u[n][i] = 0.1 * stf_test_random(&seed);
}

typedef struct bench {
  sheets s;
  stf_arena *arena;
  stf_gaps gaps;
  double u[MOST][3];
} bench;

static void set_up(bench *b) {
  memset(b, 0, sizeof *b);
  b->arena = stf_arena_create();
  lay(&b->s, 0, 4, 3, 0.0, false);
  lay(&b->s, 1, 5, 2, 0.0, false);
  assert_int_equal(stf_gaps_find(&b->s.side[0], &b->s.side[1], b->s.X, b->arena, &b->gaps), STF_OK);
  assert_int_equal(b->gaps.count, 20);
  for (size_t k = 0; k < b->gaps.count; k++) b->gaps.place[k].core.law = &springs;
  place_randomly(&b->s, 5, b->u);
}

static void gather(const bench *b, const stf_gap_place *p, double (*X)[3], double (*u)[3]) {
  for (int a = 0; a < p->nodes; a++) {
    memcpy(X[a], b->s.X[p->list[a]], sizeof *X);
    memcpy(u[a], b->u[p->list[a]], sizeof *u);
  }
}

static stf_block_out respond(const stf_gap_place *p, const double (*X)[3], const double (*u)[3], stf_want want,
                             double *f, double *K) {
  stf_block_out out = {.f = f, .K = K};
  stf_gap_block.respond(&p->core, &(stf_past){0}, p->nodes, X, u, want, &out);
  return out;
}

static void forces_and_stiffness_are_slopes(void **state) {
  (void)state;
  bench b;
  set_up(&b);
  for (size_t k = 0; k < b.gaps.count; k += 3) {
    const stf_gap_place *p = &b.gaps.place[k];
    double X[STF_GAP_NODES][3], u[STF_GAP_NODES][3], f[3 * MOST], more[3 * MOST], less[3 * MOST];
    static double K[9 * MOST * MOST];
    const double h = 1e-6;
    double largest = 0.0;
    gather(&b, p, X, u);
    respond(p, X, u, STF_WANT_STRESS, f, K);
    respond(p, X, u, STF_WANT_TANGENT, f, K);
    for (int r = 0; r < 3 * p->nodes; r++) {
      double *at = &u[r / 3][r % 3], was = *at;
      *at = was + h;
      const double above = respond(p, X, u, STF_WANT_ENERGY, more, NULL).energy;
      respond(p, X, u, STF_WANT_STRESS, more, NULL);
      *at = was - h;
      const double below = respond(p, X, u, STF_WANT_ENERGY, less, NULL).energy;
      respond(p, X, u, STF_WANT_STRESS, less, NULL);
      *at = was;
      stf_assert_small(f[r] - (above - below) / (2.0 * h), 1e-8);
      for (int c = 0; c < 3 * p->nodes; c++) {
        largest = fmax(largest, fabs(K[c * 3 * p->nodes + r]));
        stf_assert_small(K[c * 3 * p->nodes + r] - (more[c] - less[c]) / (2.0 * h), 1e-7);
      }
    }
    assert_true(largest > 0.01);
  }
  stf_arena_destroy(b.arena);
}

static void forces_balance_and_turn_nothing(void **state) {
  (void)state;
  bench b;
  set_up(&b);
  for (size_t k = 0; k < b.gaps.count; k++) {
    const stf_gap_place *p = &b.gaps.place[k];
    double X[STF_GAP_NODES][3], u[STF_GAP_NODES][3], f[3 * MOST], sum[3] = {0}, moment[3] = {0}, largest = 0.0;
    gather(&b, p, X, u);
    respond(p, X, u, STF_WANT_STRESS, f, NULL);
    for (int a = 0; a < p->nodes; a++)
      for (int i = 0; i < 3; i++) {
        const int j = (i + 1) % 3, l = (i + 2) % 3;
        largest = fmax(largest, fabs(f[3 * a + i]));
        sum[i] += f[3 * a + i];
        moment[i] += (X[a][j] + u[a][j]) * f[3 * a + l] - (X[a][l] + u[a][l]) * f[3 * a + j];
      }
    assert_true(largest > 1e-4);
    for (int i = 0; i < 3; i++) stf_assert_small(sum[i], 1e-13);
    for (int i = 0; i < 3; i++) stf_assert_small(moment[i], 1e-13);
  }
  stf_arena_destroy(b.arena);
}

/* A quarter turn about z, then one about x, and a shift. */
static void turn(const double x[3], double out[3]) {
  const double once[3] = {-x[1], x[0], x[2]};
  out[0] = once[0] + 4.0;
  out[1] = -once[2] - 1.0;
  out[2] = once[1] + 2.0;
}

static void a_gap_is_the_same_however_the_body_turns(void **state) {
  (void)state;
  bench b;
  set_up(&b);
  for (size_t k = 0; k < b.gaps.count; k++) {
    const stf_gap_place *p = &b.gaps.place[k];
    double X[STF_GAP_NODES][3], u[STF_GAP_NODES][3], before[STF_GAP], after[STF_GAP];
    gather(&b, p, X, u);
    stf_gap_read(&p->core, p->nodes, X, u, before, NULL);
    for (int a = 0; a < p->nodes; a++) {
      const double x[3] = {X[a][0] + u[a][0], X[a][1] + u[a][1], X[a][2] + u[a][2]};
      double y[3];
      turn(x, y);
      for (int i = 0; i < 3; i++) u[a][i] = y[i] - X[a][i];
    }
    stf_gap_read(&p->core, p->nodes, X, u, after, NULL);
    for (int i = 0; i < STF_GAP; i++) stf_assert_small(after[i] - before[i], 1e-13);
    assert_true(fabs(before[0]) + fabs(before[1]) + fabs(before[2]) > 1e-3);
  }
  stf_arena_destroy(b.arena);
}

/* All of the upper sheet is moved alike. */
static void judge_gaps(bench *b) {
  memset(b->u, 0, sizeof b->u);
  for (int n = b->s.first[1]; n < b->s.nodes; n++) b->u[n][0] = 0.3, b->u[n][1] = -0.2, b->u[n][2] = 0.1;
  assert_true(b->gaps.count > 10);
  for (size_t k = 0; k < b->gaps.count; k++) {
    const stf_gap_place *p = &b->gaps.place[k];
    double X[STF_GAP_NODES][3], u[STF_GAP_NODES][3], at[STF_GAP];
    gather(b, p, X, u);
    stf_gap_read(&p->core, p->nodes, X, u, at, NULL);
    stf_assert_near(at[0], 0.3, 1e-13);
    stf_assert_near(at[1], -0.2, 1e-13);
    stf_assert_near(at[2], 0.1, 1e-13);
  }
}

static void slip_and_opening_are_what_they_are_called(void **state) {
  (void)state;
  bench b;
  set_up(&b);
  assert_false(b.gaps.match);
  judge_gaps(&b);
  stf_arena_destroy(b.arena);
}

static void they_are_also_where_nodes_match(void **state) {
  (void)state;
  bench b = {.arena = stf_arena_create()};
  assert_non_null(b.arena);
  lay(&b.s, 0, 4, 3, 0.0, false);
  lay(&b.s, 1, 4, 3, 0.0, false);
  assert_int_equal(stf_gaps_find(&b.s.side[0], &b.s.side[1], (const double(*)[3])b.s.X, b.arena, &b.gaps), STF_OK);
  assert_true(b.gaps.match);
  judge_gaps(&b);
  stf_arena_destroy(b.arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(even_tractions_pass_between_meshes_that_match_or_not),
      cmocka_unit_test(what_lies_apart_or_shows_its_back_is_no_pair),
      cmocka_unit_test(forces_and_stiffness_are_slopes),
      cmocka_unit_test(forces_balance_and_turn_nothing),
      cmocka_unit_test(a_gap_is_the_same_however_the_body_turns),
      cmocka_unit_test(slip_and_opening_are_what_they_are_called),
      cmocka_unit_test(they_are_also_where_nodes_match),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
