/* Films that are squeezed out: against Stefan, Terzaghi and what must be kept. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solve/films.h"
#include "stf_case.h"
#include "stf_test.h"

enum { MOST = 4000 };

/* A sheet of nx x ny facets, and the film on it. */
typedef struct sheet {
  int nx, ny, facet[2 * MOST][STF_SIDE_NODES], place[MOST];
  double X[MOST][3], area[MOST], before[MOST], load[MOST], u[MOST];
  stf_surface surface;
  stf_channels channels;
  stf_arena *arena;
} sheet;

/* Inner nodes are moved by the share `skew` of a cell; triangles are then nearly equilateral where cells are square. */
static sheet *lay(int nx, int ny, double length, double width, double skew, bool triangles) {
  sheet *s = calloc(1, sizeof *s);
  size_t count = 0;
  assert_non_null(s);
  s->nx = nx, s->ny = ny;
  for (int i = 0; i <= nx; i++)
    for (int j = 0; j <= ny; j++) {
      const int n = i * (ny + 1) + j;
      const double off = i && j && i < nx && j < ny ? skew : 0.0;
      s->X[n][0] = length / nx * (i + off * sin(3.0 * j + i) - (triangles && skew > 0.0 ? 0.5 * j : 0.0));
      s->X[n][1] = width / ny * (j + off * cos(2.0 * i + j));
      s->place[n] = n;
    }
  for (int i = 0; i < nx; i++)
    for (int j = 0; j < ny; j++) {
      const int a = i * (ny + 1) + j, b = a + ny + 1,
                facet[2][STF_SIDE_NODES] = {{a, b, b + 1, -1}, {a, b + 1, a + 1, -1}};
      if (triangles) {
        memcpy(s->facet[count++], facet[0], sizeof facet[0]);
        memcpy(s->facet[count], facet[1], sizeof facet[1]);
      } else {
        memcpy(s->facet[count], (const int[4]){a, b, b + 1, a + 1}, 4 * sizeof(int));
      }
      for (int k = triangles ? 3 : 4; k < STF_SIDE_NODES; k++) s->facet[count][k] = s->facet[count - triangles][k] = -1;
      count++;
    }
  s->surface = (stf_surface){count, (const int(*)[STF_SIDE_NODES])s->facet};
  s->arena = stf_arena_create();
  stf_pairing_whole(&s->surface, (const double(*)[3])s->X, s->area);
  assert_int_equal(stf_channels_find(&s->surface, (const double(*)[3])s->X, s->place, s->arena, &s->channels), STF_OK);
  return s;
}

static void lift(sheet *s) {
  stf_arena_destroy(s->arena);
  free(s);
}

static const stf_film FLUID = {.thickness = 0.043, .viscosity = 3.5e-9};
static const stf_film FILM = {.thickness = 0.043, .viscosity = 3.5e-9, .modulus = 2.75e-3};

static void flow(sheet *s, const stf_film *film, double dt) {
  bool found;
  const stf_flow_step step = {.film = *film,
                              .channels = &s->channels,
                              .places = (size_t)(s->nx + 1) * (size_t)(s->ny + 1),
                              .area = s->area,
                              .load_before = s->before,
                              .load = s->load,
                              .dt = dt};
  assert_int_equal(stf_film_flow(&step, s->u, &found), STF_OK);
  assert_true(found);
}

static double volume(const sheet *s) {
  double sum = 0.0;
  for (int n = 0; n < (s->nx + 1) * (s->ny + 1); n++) sum += s->area[n] * exp(s->u[n]);
  return sum;
}

/* Under the pressure that a disc has beneath it, 2F/(pi R^2) (1 - r^2/R^2): 1/h^2 - 1/h_0^2 = 4 F t/(3 pi eta R^4). */
static void a_film_leaves_from_under_a_disc_as_stefan_says(void **state) {
  (void)state;
  const double R = 10.0, F = 10.0, time = 0.05, PI = acos(-1.0), h0 = FLUID.thickness;
  sheet *s = lay(20, 20, 10.0, 10.0, 0.0, false);
  for (int n = 0; n < 21 * 21; n++) {
    const double x = s->X[n][0] - 5.0, y = s->X[n][1] - 5.0;
    s->before[n] = s->load[n] = 2.0 * F / (PI * R * R) * (1.0 - (x * x + y * y) / (R * R));
  }
  const double kept = volume(s);
  for (int step = 0; step < 40; step++) flow(s, &FLUID, time / 40);
  const double expected = 1.0 / sqrt(1.0 / (h0 * h0) + 4.0 * F * time / (3.0 * PI * FLUID.viscosity * pow(R, 4)));
  assert_true(expected < 0.5 * h0); /* most of it has left */
  for (int i = 1; i < 20; i++)
    for (int j = 1; j < 20; j++) stf_assert_near(h0 * exp(s->u[i * 21 + j]), expected, 1e-3);
  stf_assert_near(volume(s), kept, 1e-9);
  lift(s);
}

/* A small wave dies away at the rate E h_0^2 k^2/(12 eta). */
static void a_wave_of_the_film_dies_away_as_it_consolidates(void **state) {
  (void)state;
  const double length = 30.0, k = acos(-1.0) / length, small = 1e-4;
  const double D = FILM.modulus * FILM.thickness * FILM.thickness / (12.0 * FILM.viscosity);
  for (int triangles = 0; triangles < 2; triangles++) {
    sheet *s = lay(60, 4, length, 2.0, 0.0, triangles);
    for (int n = 0; n < 61 * 5; n++) s->u[n] = small * cos(k * s->X[n][0]);
    for (int step = 0; step < 20; step++) flow(s, &FILM, 0.05 / (D * k * k));
    stf_assert_near(s->u[0], small * exp(-1.0), 5e-3);
    stf_assert_near(s->u[60 * 5], -small * exp(-1.0), 5e-3);
    lift(s);
  }
}

/* When all has settled the fluid bears the same everywhere: u + p/E is even, whatever the mesh, and no volume is lost.
 */
static void a_film_settles_where_its_matrix_bears_the_load(void **state) {
  (void)state;
  for (int triangles = 0; triangles < 2; triangles++) {
    sheet *s = lay(14, 10, 30.0, 20.0, 0.15, triangles);
    const double kept = volume(s);
    for (int n = 0; n < 15 * 11; n++)
      s->load[n] = 6e-3 * exp(-0.02 * (pow(s->X[n][0] - 10.0, 2) + pow(s->X[n][1] - 8.0, 2)));
    flow(s, &FILM, 1.0);
    memcpy(s->before, s->load, sizeof s->load);
    for (int step = 0; step < 2; step++) flow(s, &FILM, 1e4);
    const double level = s->u[0] + s->load[0] / FILM.modulus;
    double least = 0.0;
    for (int n = 0; n < 15 * 11; n++) {
      stf_assert_small(fabs(s->u[n] + s->load[n] / FILM.modulus - level), 1e-6);
      least = fmin(least, s->u[n]);
    }
    assert_true(least < -1.5);
    stf_assert_near(volume(s), kept, 1e-9);
    lift(s);
  }
}

/* A load that grows over a step does the same as one that grows in forty. */
static void a_load_may_grow_over_a_step(void **state) {
  (void)state;
  double u[2][MOST];
  for (int many = 0; many < 2; many++) {
    sheet *s = lay(14, 10, 30.0, 20.0, 0.0, false);
    const int steps = many ? 40 : 1;
    for (int step = 1; step <= steps; step++) {
      memcpy(s->before, s->load, sizeof s->load);
      for (int n = 0; n < 15 * 11; n++)
        s->load[n] = 6e-3 * step / steps * exp(-0.02 * (pow(s->X[n][0] - 10.0, 2) + pow(s->X[n][1] - 8.0, 2)));
      flow(s, &FILM, 1.0 / steps);
    }
    memcpy(u[many], s->u, sizeof u[many]);
    lift(s);
  }
  for (int n = 0; n < 15 * 11; n++) stf_assert_small(fabs(expm1(u[0][n] - u[1][n])), 5e-3);
}

/* An even rise of pressure moves nothing, and a place with no film takes no part. */
static void what_is_even_stays_and_what_is_bare_is_left_out(void **state) {
  (void)state;
  sheet *s = lay(6, 6, 6.0, 6.0, 0.1, false);
  for (int n = 0; n < 49; n++) s->load[n] = 0.01;
  flow(s, &FILM, 10.0);
  for (int n = 0; n < 49; n++) stf_assert_small(fabs(s->u[n]), 1e-9);
  s->area[24] = 0.0;
  s->load[24] = 1.0; /* would drive all away */
  flow(s, &FILM, 10.0);
  for (int n = 0; n < 49; n++) stf_assert_small(fabs(s->u[n]), 1e-9);
  lift(s);
}

/* A load that falls evenly along any mesh drives as much to an inner place as away from it. */
static void channels_balance_an_even_slope(void **state) {
  (void)state;
  for (int triangles = 0; triangles < 2; triangles++) {
    sheet *s = lay(8, 6, 8.0, 6.0, 0.15, triangles);
    double net[MOST] = {0.0}, through = 0.0;
    for (int n = 0; n < 9 * 7; n++) s->load[n] = 1e-3 * (2.0 * s->X[n][0] - s->X[n][1]);
    for (size_t k = 0; k < s->channels.count; k++) {
      const stf_channel *c = &s->channels.channel[k];
      const double rate = stf_channel_flow(&FLUID, c, s->u, s->load).rate;
      net[c->from] -= rate, net[c->to] += rate;
      through = fmax(through, fabs(rate));
    }
    for (int i = 1; i < 8; i++)
      for (int j = 1; j < 6; j++) stf_assert_small(fabs(net[i * 7 + j]), 1e-12 * through);
    lift(s);
  }
}

static void slopes_of_flow_are_those_of_differences(void **state) {
  (void)state;
  const stf_channel channel = {0, 1, 0.7};
  const double p[2] = {4e-3, 1e-3}, step = 1e-6;
  for (int side = 0; side < 2; side++) {
    const double load[2] = {p[side], p[1 - side]};
    double u[2] = {-0.3, 0.2};
    const stf_flow at = stf_channel_flow(&FILM, &channel, u, load);
    for (int i = 0; i < 2; i++) {
      double ends[2];
      for (int way = 0; way < 2; way++) {
        double v[2] = {u[0], u[1]};
        v[i] += way ? step : -step;
        ends[way] = stf_channel_flow(&FILM, &channel, v, load).rate;
      }
      stf_assert_near(i ? at.by_to : at.by_from, (ends[1] - ends[0]) / (2.0 * step), 1e-7);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_film_leaves_from_under_a_disc_as_stefan_says),
      cmocka_unit_test(a_wave_of_the_film_dies_away_as_it_consolidates),
      cmocka_unit_test(a_film_settles_where_its_matrix_bears_the_load),
      cmocka_unit_test(a_load_may_grow_over_a_step),
      cmocka_unit_test(what_is_even_stays_and_what_is_bare_is_left_out),
      cmocka_unit_test(channels_balance_an_even_slope),
      cmocka_unit_test(slopes_of_flow_are_those_of_differences),
  };
  return cmocka_run_group_tests(tests, stf_case_start, stf_case_stop);
}
