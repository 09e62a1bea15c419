/*
 * Loose areolar tissue between two surfaces: a film of fluid with hyaluronan, crossed by septa and perhaps by
 * adhesions. Slip s [2] and opening o make the gap g; the film is h thick at rest.
 *
 * Contact and suction. With stiffnesses k_c in closing and k_o = e p_s/o_s at rest, w = h/10 and the traction along o
 *
 *   o >= 0:       k_o o exp(-o/o_s), which is p_s at o_s and then falls: the surfaces part
 *   -w < o < 0:   k_o o - (k_c - k_o) o^2/(2w)
 *   o <= -w:      k_c o + (k_c - k_o) w/2
 *
 * both it and its slope go on smoothly. Slip has a stiffness k_s of its own.
 *
 * Septa bridge d = (s, h + o). Folded, they are free until |d| reaches L = sqrt(h^2 + free_slip^2); with x = |d|/L - 1
 *
 *   W = E L/(2b) [exp(b x^2) - 1],   traction E x exp(b x^2) d/|d|
 *
 * continued along its tangent from b x^2 = 40. At rest |d| = h <= L, so that they bear nothing.
 *
 * Film. Couette flow between the slipping surfaces, over what is left of it, H(h + o - squeezed), never less than h/10:
 *
 *   traction eta(rate) rate along the slip,   rate = |s - s_before|/(dt H)
 *   eta = eta_w + (eta_0 - eta_w)/(1 + (rate eta_0/thinning_stress)^n)                  (Cross 1965)
 *   eta_0 = eta_w (1 + x + 0.42 x^2 + 0.0078 x^4.18),   x = c [eta],   [eta] = 1.723 m3/kg (M/MDa)^0.7814
 *
 * with eta_w and eta_0 times exp(E_a/R (1/T - 1/310.15 K)). [eta] is a fit to Laurent's table, to 0.5 %.
 *
 * It is squeezed out sideways as reynolds.h tells, with eta_0 and the modulus E of the septa, by the pressure with
 * which contact resists closing; suction draws fluid in. That thins the film which drags, and moves no surfaces.
 *
 * Bonds. Each is a spring born without stretch at a gap x of its own. Of all of them a place keeps the moments
 * M0 = sum 1, M1 = sum x and, of slip and opening apart, M2 = sum |x|^2:
 *
 *   traction K (M0 g - M1), K = diag(K_s, K_s, K_o);   mean square of their own stress
 *   S^2 = K_s^2 (|s|^2 - 2 s . M1/M0 + M2_s/M0) + K_o^2 (o^2 - 2 o M1_o/M0 + M2_o/M0)
 *
 * They break at the rate k0 [exp(S/S1) - 1] (Zhurkov 1965), whenever they were born: all moments fade alike, so that S
 * knows nothing of what broke, and over a step in which it changes evenly, with Simpson's rule,
 *
 *   M <- M exp(-H),   H = k0 dt (mean exp(S/S1) - 1)
 *
 * is positive and stable for any step. Nothing breaks at once (dt = 0) or while the body finds its rest (INFINITY), and
 * then there is no drag either.
 *
 * New ones are born unstretched where the surfaces lie at the end of a step, at the rate b on the area that none take:
 *
 *   M_n <- M_n + q g^n,   q = (1 - M0) [1 - exp(-b dt)]
 *
 * so that surfaces which are held still become knit as they lie. None are born at once or while the body finds its
 * rest.
 *
 * Blood. Vessels in bonds break with them and give the volume v for each area of bonds; half of it is cleared in a time
 * T. Bonds that break evenly over a step leave, with k = ln 2/T,
 *
 *   B <- B exp(-k dt) + v (broken in the step) [1 - exp(-k dt)]/(k dt)
 *
 * Lost energy: drag times slip, and of bonds the share that broke of their mean energy over the step.
 */
#include <math.h>
#include <string.h>

#include "interface/glide.h"

/* What a place remembers, gap first. */
enum {
  SHARE = STF_GAP, /* M0 */
  FIRST,           /* M1 [3] */
  SECOND_SLIP = FIRST + STF_GAP,
  SECOND_OPENING,
  BORN,       /* share of the area that bonds knit at the start, and all that were born since */
  BROKEN,     /* share of the area whose bonds broke so far */
  DRAG,       /* [MPa] */
  DISSIPATED, /* [N/mm] */
  BLOOD,      /* [mm] */
  SQUEEZED,   /* [mm] by which the film is thinner than at rest, fluid having left sideways */
  MEMORY
};
_Static_assert((int)MEMORY <= (int)STF_GLIDE_MEMORY, "room that a gap at rest has for it");

enum { SLIPS = 2, OPENING = 2 };
static const double LEAST = 0.1;          /* of h: how thin a film becomes, and over how much closing stiffens */
static const double STEEPEST = 40.0;      /* b x^2 of septa from which they are straight lines */
static const double BODY = 310.15;        /* [K] temperature at which viscosities are given */
static const double GAS = 8.314462618e-3; /* [kJ/(mol K)] */
static const double MEGADALTON = 1.66053906892e-24, CONTENT = 1e-12; /* [tonne], and [tonne/mm^3] of 1 kg/m^3 */
static const double FEWEST = 1e-100;                                 /* share of bonds below which there are none */
static const double SUREST = 200.0;                                  /* no bond survives e^200 */

typedef struct parameters {
  const stf_yaml_node *node;
  double thickness, closing_stiffness;
  double suction, suction_gap;                        /* NAN: none */
  double slip_stiffness;                              /* NAN: none */
  double free_slip, septa_modulus, septa_stiffening;  /* NAN: none */
  double hyaluronan, molar_mass, solvent_viscosity;   /* NAN: none */
  double thinning_stress, thinning_exponent;          /* NAN: none */
  double temperature, activation_energy;              /* NAN: none */
  double bond_slip_stiffness, bond_opening_stiffness; /* NAN: none */
  double bond_breaking_rate, bond_breaking_stress;    /* NAN: none */
  double bond_birth_rate;                             /* NAN: none */
  double bleeding, blood_half_life;                   /* NAN: none */
} parameters;

typedef struct areolar {
  double h;                           /* [mm] */
  double closing, opening, peak;      /* [MPa/mm] [MPa/mm] [mm] k_c, k_o, o_s */
  double slip;                        /* [MPa/mm] k_s */
  double length, modulus, stiffening; /* [mm] [MPa] [-] L, E, b; modulus 0: no septa */
  double solvent, viscosity;          /* [MPa s] eta_w, eta_0; viscosity 0: no film */
  double time, exponent;              /* [s] of thinning, eta_0/thinning_stress; 0: none */
  double bond[STF_GAP];               /* [MPa/mm] K; all 0: nothing can be knit */
  double rate, strength;              /* [1/s] [MPa] k0, S1; rate 0: nothing breaks */
  double births;                      /* [1/s] b */
  double bleeding, clearing;          /* [mm] v, [1/s] k */
} areolar;

#define QUANTITY(word, unit, ...) \
  { .key = #word, .kind = STF_KIND_QUANTITY, .dimension = (unit), .offset = offsetof(parameters, word), __VA_ARGS__ }
#define MAY_BE_ABSENT .fallback = ""
#define OVER_0        .bounds = STF_OPEN_BELOW

static const stf_option options[] = {
    QUANTITY(thickness, STF_LENGTH, OVER_0, .maximum = 100.0, .help = "thickness of the film at rest"),
    QUANTITY(closing_stiffness, STF_INTERFACE_STIFFNESS, OVER_0, .maximum = 1e9,
             .help = "resistance to closing, which keeps surfaces apart: a numerical penalty"),
    QUANTITY(suction, STF_STRESS, MAY_BE_ABSENT, OVER_0, .maximum = 1e3,
             .help = "largest stress with which the film holds surfaces together"),
    QUANTITY(suction_gap, STF_LENGTH, MAY_BE_ABSENT, OVER_0, .maximum = 100.0,
             .help = "opening at which it is reached; beyond it the surfaces part"),
    QUANTITY(slip_stiffness, STF_INTERFACE_STIFFNESS, MAY_BE_ABSENT, .maximum = 1e6,
             .help = "elastic resistance to slip from its beginning"),
    QUANTITY(free_slip, STF_LENGTH, MAY_BE_ABSENT, .maximum = 1e3,
             .help = "slip at which septa have unfolded and begin to pull"),
    QUANTITY(septa_modulus, STF_STRESS, MAY_BE_ABSENT, OVER_0, .maximum = 1e6,
             .help = "modulus of unfolded septa, per area of the surfaces"),
    QUANTITY(septa_stiffening, STF_RATIO, MAY_BE_ABSENT, .maximum = 1e6,
             .help = "b of exp(b strain^2), by which their modulus rises; 0: it stays"),
    QUANTITY(hyaluronan, STF_DENSITY, MAY_BE_ABSENT, .maximum = 1e-10, .help = "hyaluronan in a volume of the film"),
    QUANTITY(molar_mass, STF_MASS, MAY_BE_ABSENT, .minimum = 1e-26, .maximum = 1e-22, .help = "mass of its molecules"),
    QUANTITY(solvent_viscosity, STF_VISCOSITY, MAY_BE_ABSENT, OVER_0, .maximum = 1.0,
             .help = "viscosity of the film without hyaluronan, at 37 degC"),
    QUANTITY(thinning_stress, STF_STRESS, MAY_BE_ABSENT, OVER_0, .maximum = 1e3,
             .help = "stress about which hyaluronan flows more easily: its viscosity at rest over the time it takes"),
    QUANTITY(thinning_exponent, STF_RATIO, MAY_BE_ABSENT, OVER_0, .maximum = 1.0,
             .help = "power of the rate with which its viscosity then falls"),
    QUANTITY(temperature, STF_TEMPERATURE, MAY_BE_ABSENT, .minimum = 273.15, .maximum = 373.15,
             .help = "temperature of the film; 37 degC where it is left out"),
    QUANTITY(activation_energy, STF_MOLAR_ENERGY, MAY_BE_ABSENT, .maximum = 1e9,
             .help = "how viscosity falls with warmth: as exp(energy/(R temperature))"),
    QUANTITY(bond_slip_stiffness, STF_INTERFACE_STIFFNESS, MAY_BE_ABSENT, OVER_0, .maximum = 1e6,
             .help = "resistance to slip where bonds knit the surfaces all over"),
    QUANTITY(bond_opening_stiffness, STF_INTERFACE_STIFFNESS, MAY_BE_ABSENT, OVER_0, .maximum = 1e6,
             .help = "the same of opening"),
    QUANTITY(bond_breaking_rate, STF_RATE, MAY_BE_ABSENT, OVER_0, .maximum = 1e12,
             .help = "k0 of the rate k0 (exp(stress/bond_breaking_stress) - 1) at which loaded bonds break"),
    QUANTITY(bond_breaking_stress, STF_STRESS, MAY_BE_ABSENT, OVER_0, .maximum = 1e6,
             .help = "stress of a bond by which that rate grows e-fold"),
    QUANTITY(bond_birth_rate, STF_RATE, MAY_BE_ABSENT, .maximum = 1e3,
             .help = "rate at which new bonds, unstretched, knit what is not knit yet"),
    QUANTITY(bleeding, STF_LENGTH, MAY_BE_ABSENT, .maximum = 100.0,
             .help = "volume of blood that vessels in the bonds give for each area whose bonds break"),
    QUANTITY(blood_half_life, STF_TIME, MAY_BE_ABSENT, OVER_0, .maximum = 1e10,
             .help = "time in which half of the blood is cleared"),
};

static const stf_table table = STF_TABLE_OF("areolar", parameters, options);

/* ---- from parameters to constants ---- */

static int given(const double *value, int count) {
  int found = 0;
  for (int i = 0; i < count; i++) found += !isnan(value[i]);
  return found;
}

static const char *prepare_contact(const parameters *p, areolar *a) {
  const int suction = given((const double[]){p->suction, p->suction_gap}, 2);
  a->closing = p->closing_stiffness;
  a->slip = isnan(p->slip_stiffness) ? 0.0 : p->slip_stiffness;
  if (suction == 1) return "suction and suction_gap go together";
  a->peak = suction ? p->suction_gap : 1.0;
  a->opening = suction ? M_E * p->suction / p->suction_gap : 0.0;
  return a->opening > a->closing ? "suction resists opening by e suction/suction_gap, over closing_stiffness" : NULL;
}

static const char *prepare_septa(const parameters *p, areolar *a) {
  const int count = given((const double[]){p->free_slip, p->septa_modulus, p->septa_stiffening}, 3);
  if (count && count < 3) return "free_slip, septa_modulus and septa_stiffening go together";
  a->length = count ? hypot(p->thickness, p->free_slip) : 1.0;
  a->modulus = count ? p->septa_modulus : 0.0;
  a->stiffening = count ? p->septa_stiffening : 0.0;
  return NULL;
}

/* eta_0/eta_w; c [kg/m^3], M [MDa]. */
static double thickened(double c, double M) {
  const double x = c * 1.723 * pow(M, 0.7814);
  return 1.0 + x + 0.42 * x * x + 0.0078 * pow(x, 4.18);
}

static const char *prepare_film(const parameters *p, areolar *a) {
  const int film = given((const double[]){p->hyaluronan, p->molar_mass, p->solvent_viscosity}, 3);
  const int thinning = given((const double[]){p->thinning_stress, p->thinning_exponent}, 2);
  const int warmth = given((const double[]){p->temperature, p->activation_energy}, 2);
  a->solvent = a->viscosity = a->time = 0.0;
  a->exponent = 1.0;
  if (film && film < 3) return "hyaluronan, molar_mass and solvent_viscosity go together";
  if (!film && thinning) return "thinning of a film that is not described (hyaluronan)";
  if (!film && warmth) return "temperature or activation_energy of a film that is not described (hyaluronan)";
  if (thinning == 1) return "thinning_stress and thinning_exponent go together";
  if (warmth == 1) return "temperature and activation_energy go together";
  if (!film) return NULL;
  const double cold = warmth ? exp(p->activation_energy / GAS * (1.0 / p->temperature - 1.0 / BODY)) : 1.0;
  a->solvent = cold * p->solvent_viscosity;
  a->viscosity = a->solvent * thickened(p->hyaluronan / CONTENT, p->molar_mass / MEGADALTON);
  if (!thinning) return NULL;
  a->time = a->viscosity / p->thinning_stress;
  a->exponent = p->thinning_exponent;
  return NULL;
}

static const char *prepare_bonds(const parameters *p, areolar *a) {
  const int bonds = given((const double[]){p->bond_slip_stiffness, p->bond_opening_stiffness}, 2);
  const int breaking = given((const double[]){p->bond_breaking_rate, p->bond_breaking_stress}, 2);
  if (bonds == 1) return "bond_slip_stiffness and bond_opening_stiffness go together";
  if (breaking == 1) return "bond_breaking_rate and bond_breaking_stress go together";
  if (breaking && !bonds) return "bond_breaking_rate of bonds without a stiffness";
  a->bond[0] = a->bond[1] = bonds ? p->bond_slip_stiffness : 0.0;
  a->bond[OPENING] = bonds ? p->bond_opening_stiffness : 0.0;
  a->rate = breaking ? p->bond_breaking_rate : 0.0;
  a->strength = breaking ? p->bond_breaking_stress : 1.0;
  return NULL;
}

/* What becomes of bonds: births, blood. */
static const char *prepare_vessels(const parameters *p, areolar *a) {
  const int bleeding = given((const double[]){p->bleeding, p->blood_half_life}, 2);
  if (!isnan(p->bond_birth_rate) && isnan(p->bond_slip_stiffness))
    return "bond_birth_rate of bonds without a stiffness";
  if (bleeding == 1) return "bleeding and blood_half_life go together";
  if (bleeding && isnan(p->bond_breaking_rate)) return "bleeding of bonds that do not break (bond_breaking_rate)";
  a->births = isnan(p->bond_birth_rate) ? 0.0 : p->bond_birth_rate;
  a->bleeding = bleeding ? p->bleeding : 0.0;
  a->clearing = bleeding ? M_LN2 / p->blood_half_life : 0.0;
  return NULL;
}

static const char *prepare(const void *from, void *data) {
  const parameters *p = from;
  areolar *a = data;
  a->h = p->thickness;
  const char *reason = prepare_contact(p, a);
  if (!reason) reason = prepare_septa(p, a);
  if (!reason) reason = prepare_film(p, a);
  if (!reason) reason = prepare_bonds(p, a);
  return reason ? reason : prepare_vessels(p, a);
}

/* ---- contact, suction and septa ---- */

static void add_contact(const areolar *a, const double gap[STF_GAP], stf_glide_answer *out) {
  const double o = gap[OPENING], w = LEAST * a->h, more = a->closing - a->opening;
  if (o >= 0.0) {
    const double x = o / a->peak, fading = exp(-x);
    out->W += a->opening * a->peak * a->peak * (-expm1(-x) - x * fading);
    out->p[OPENING] += a->opening * o * fading;
    out->k[OPENING][OPENING] += a->opening * (1.0 - x) * fading;
  } else if (o > -w) {
    out->W += 0.5 * a->opening * o * o - more * o * o * o / (6.0 * w);
    out->p[OPENING] += a->opening * o - 0.5 * more * o * o / w;
    out->k[OPENING][OPENING] += a->opening - more * o / w;
  } else {
    out->W += 0.5 * a->closing * o * o + 0.5 * more * w * (o + w / 3.0);
    out->p[OPENING] += a->closing * o + 0.5 * more * w;
    out->k[OPENING][OPENING] += a->closing;
  }
  for (int i = 0; i < SLIPS; i++) {
    out->W += 0.5 * a->slip * gap[i] * gap[i];
    out->p[i] += a->slip * gap[i];
    out->k[i][i] += a->slip;
  }
}

/* Energy over L, traction and its slope by x of septa stretched by x > 0. */
static void stretch_septa(const areolar *a, double x, double *W, double *T, double *slope) {
  const double b = a->stiffening, last = b > 0.0 ? sqrt(STEEPEST / b) : INFINITY, to = fmin(x, last);
  const double grown = exp(b * to * to), beyond = x - to;
  *slope = a->modulus * (1.0 + 2.0 * b * to * to) * grown;
  *T = a->modulus * to * grown;
  *W = b > 0.0 ? 0.5 * a->modulus * expm1(b * to * to) / b : 0.5 * a->modulus * to * to;
  *W += beyond * (*T + 0.5 * *slope * beyond);
  *T += *slope * beyond;
}

static void add_septa(const areolar *a, const double gap[STF_GAP], stf_glide_answer *out) {
  const double d[STF_GAP] = {gap[0], gap[1], a->h + gap[OPENING]};
  const double size = sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2]), x = size / a->length - 1.0;
  double W, T, slope;
  if (a->modulus == 0.0 || x <= 0.0) return;
  stretch_septa(a, x, &W, &T, &slope);
  out->W += a->length * W;
  for (int i = 0; i < STF_GAP; i++) {
    out->p[i] += T * d[i] / size;
    out->k[i][i] += T / size;
    for (int j = 0; j < STF_GAP; j++) out->k[i][j] += (slope / a->length - T / size) * d[i] * d[j] / (size * size);
  }
}

/* ---- film ---- */

/* What is left of the film, and its slope by the opening. */
static double film_thickness(const areolar *a, double opening, double squeezed, double *slope) {
  const double y = a->h + opening - squeezed, least = LEAST * a->h;
  *slope = y >= 2.0 * least ? 1.0 : fmax(0.5 * y / least, 0.0);
  if (y >= 2.0 * least) return y;
  return y <= 0.0 ? least : least + 0.25 * y * y / least;
}

/* Viscosity at a rate of shear, and `bend`, its slope times that rate. */
static double viscosity_at(const areolar *a, double rate, double *bend) {
  const double u = a->time > 0.0 ? pow(rate * a->time, a->exponent) : 0.0, more = a->viscosity - a->solvent;
  *bend = -more * a->exponent * u / ((1.0 + u) * (1.0 + u));
  return a->solvent + more / (1.0 + u);
}

/* The film's traction `drag` on a step of dt, 0 < dt < INFINITY; `out` may be NULL. */
static void shear_film(const areolar *a, const stf_glide_past *past, const double gap[STF_GAP], double drag[SLIPS],
                       stf_glide_answer *out) {
  const double slip[SLIPS] = {gap[0] - past->memory[0], gap[1] - past->memory[1]}, size = hypot(slip[0], slip[1]);
  double thinner, bend;
  const double H = film_thickness(a, gap[OPENING], past->memory[SQUEEZED], &thinner);
  const double eta = viscosity_at(a, size / (past->dt * H), &bend), per = 1.0 / (past->dt * H);
  for (int i = 0; i < SLIPS; i++) drag[i] = eta * per * slip[i];
  for (int i = 0; out && i < SLIPS; i++) {
    out->p[i] += drag[i];
    out->k[i][i] += eta * per;
    if (size == 0.0) continue;
    for (int j = 0; j < SLIPS; j++) out->k[i][j] += bend * per * (slip[i] / size) * (slip[j] / size);
    out->k[i][OPENING] -= (eta + bend) * per * slip[i] * thinner / H;
  }
}

static bool flows(const areolar *a, double dt) {
  return a->viscosity > 0.0 && dt > 0.0 && isfinite(dt);
}

static bool film(const void *data, stf_film *out) {
  const areolar *a = data;
  *out = (stf_film){.thickness = a->h, .viscosity = a->viscosity, .modulus = a->modulus};
  return a->viscosity > 0.0;
}

static void squeeze(const void *data, double squeezed, double *memory) {
  (void)data;
  memory[SQUEEZED] = squeezed;
}

/* [MPa] with which contact resists closing; less than 0 where suction holds the surfaces. */
static double pressure_at(const areolar *a, const double gap[STF_GAP]) {
  stf_glide_answer contact = {0};
  add_contact(a, gap, &contact);
  return -contact.p[OPENING];
}

/* ---- bonds ---- */

/* The springs of all bonds at a gap, as if none broke in the step. */
typedef struct springs {
  double W;           /* [N/mm] */
  double p[STF_GAP];  /* [MPa] */
  double S;           /* [MPa] root mean square of their own stress */
  double dS[STF_GAP]; /* by the gap */
} springs;

static springs load_bonds(const areolar *a, const double *memory, const double gap[STF_GAP]) {
  const double M0 = memory[SHARE], *M1 = memory + FIRST;
  const double slip = M0 * (gap[0] * gap[0] + gap[1] * gap[1]) - 2.0 * (gap[0] * M1[0] + gap[1] * M1[1]) +
                      memory[SECOND_SLIP];
  const double opening = M0 * gap[OPENING] * gap[OPENING] - 2.0 * gap[OPENING] * M1[OPENING] + memory[SECOND_OPENING];
  const double squares[SLIPS] = {fmax(slip, 0.0), fmax(opening, 0.0)};
  springs s = {.W = 0.5 * (a->bond[0] * squares[0] + a->bond[OPENING] * squares[1])};
  s.S = sqrt((a->bond[0] * a->bond[0] * squares[0] + a->bond[OPENING] * a->bond[OPENING] * squares[1]) / M0);
  for (int i = 0; i < STF_GAP; i++) {
    s.p[i] = a->bond[i] * (M0 * gap[i] - M1[i]);
    if (s.S > 0.0) s.dS[i] = a->bond[i] * s.p[i] / (M0 * s.S);
  }
  return s;
}

/* Share of the bonds that lasts a step over which their stress goes from `before` to `S`, and its slope by S. */
static double lasting(const areolar *a, double dt, double before, double S, double *slope) {
  *slope = 0.0;
  if (a->rate == 0.0 || !isfinite(dt)) return 1.0;
  const double last = fmin(S / a->strength, SUREST), first = fmin(before / a->strength, SUREST);
  const double mean = (expm1(first) + 4.0 * expm1(0.5 * (first + last)) + expm1(last)) / 6.0;
  const double left = exp(-a->rate * dt * mean);
  if (last < SUREST)
    *slope = -left * a->rate * dt * (2.0 * exp(0.5 * (first + last)) + exp(last)) / (6.0 * a->strength);
  return left;
}

static bool knit(const areolar *a, const double *memory) {
  return memory[SHARE] > FEWEST && a->bond[0] > 0.0;
}

static void add_bonds(const areolar *a, const stf_glide_past *past, const double gap[STF_GAP], stf_glide_answer *out) {
  const springs before = load_bonds(a, past->memory, past->memory), now = load_bonds(a, past->memory, gap);
  double slope;
  const double left = lasting(a, past->dt, before.S, now.S, &slope);
  out->W += left * now.W;
  for (int i = 0; i < STF_GAP; i++) {
    out->p[i] += left * now.p[i];
    out->k[i][i] += left * a->bond[i] * past->memory[SHARE];
    for (int j = 0; j < STF_GAP; j++) out->k[i][j] += slope * now.dS[j] * now.p[i];
  }
}

/* ---- the law ---- */

static bool knits(const void *data) {
  return ((const areolar *)data)->bond[0] > 0.0;
}

static bool bleeds(const void *data) {
  return ((const areolar *)data)->bleeding > 0.0;
}

static void rest(const void *data, double bonds, double *memory) {
  (void)data;
  memset(memory, 0, MEMORY * sizeof *memory);
  memory[SHARE] = memory[BORN] = bonds;
}

static void respond(const void *data, const stf_glide_past *past, const double gap[STF_GAP], stf_glide_answer *answer) {
  const areolar *a = data;
  double drag[SLIPS];
  memset(answer, 0, sizeof *answer);
  add_contact(a, gap, answer);
  add_septa(a, gap, answer);
  if (flows(a, past->dt)) shear_film(a, past, gap, drag, answer);
  if (knit(a, past->memory)) add_bonds(a, past, gap, answer);
}

/* Takes the moments of the bonds to the end of a step. Returns the share of the area whose bonds broke. */
static double break_bonds(const areolar *a, double dt, const double gap[STF_GAP], double *memory) {
  double slope;
  if (!knit(a, memory)) return 0.0;
  const springs before = load_bonds(a, memory, memory), now = load_bonds(a, memory, gap);
  const double left = lasting(a, dt, before.S, now.S, &slope), broke = (1.0 - left) * memory[SHARE];
  memory[DISSIPATED] += (1.0 - left) * 0.5 * (before.W + now.W);
  for (int i = SHARE; i <= SECOND_OPENING; i++) memory[i] *= left;
  memory[BROKEN] += broke;
  return broke;
}

static void bear_bonds(const areolar *a, double dt, const double gap[STF_GAP], double *memory) {
  if (a->births == 0.0 || !isfinite(dt)) return;
  const double born = (1.0 - memory[SHARE]) * -expm1(-a->births * dt);
  memory[SHARE] += born;
  memory[BORN] += born;
  for (int i = 0; i < STF_GAP; i++) memory[FIRST + i] += born * gap[i];
  memory[SECOND_SLIP] += born * (gap[0] * gap[0] + gap[1] * gap[1]);
  memory[SECOND_OPENING] += born * gap[OPENING] * gap[OPENING];
}

static void bleed(const areolar *a, double dt, double broke, double *memory) {
  const double passed = a->clearing * dt; /* nothing breaks in no time, or in an endless one */
  memory[BLOOD] *= exp(-passed);
  if (broke > 0.0) memory[BLOOD] += a->bleeding * broke * (passed > 0.0 ? -expm1(-passed) / passed : 1.0);
}

static double advance(const void *data, double dt, const double gap[STF_GAP], double *memory) {
  const areolar *a = data;
  double drag[SLIPS] = {0.0, 0.0};
  if (flows(a, dt)) shear_film(a, &(stf_glide_past){.dt = dt, .memory = memory}, gap, drag, NULL);
  const double broke = break_bonds(a, dt, gap, memory), most = memory[BORN];
  if (a->bleeding > 0.0) bleed(a, dt, broke, memory);
  bear_bonds(a, dt, gap, memory);
  memory[DRAG] = hypot(drag[0], drag[1]);
  memory[DISSIPATED] += drag[0] * (gap[0] - memory[0]) + drag[1] * (gap[1] - memory[1]);
  memcpy(memory, gap, STF_GAP * sizeof *gap);
  return broke > 0.0 ? broke / most : 0.0;
}

static void thin(const void *data, double share, const double shift[SLIPS], double *memory) {
  (void)data;
  for (int i = SHARE; i <= BROKEN; i++) memory[i] *= share;
  memory[BLOOD] *= share;
  memory[SQUEEZED] *= share;
  for (int i = 0; i < SLIPS; i++) { /* bonds were born at gaps that are now called otherwise */
    memory[SECOND_SLIP] += 2.0 * shift[i] * memory[FIRST + i] + memory[SHARE] * shift[i] * shift[i];
    memory[FIRST + i] += memory[SHARE] * shift[i];
    memory[i] += shift[i];
  }
}

static double amount(const void *data, const double *memory, stf_glide_amount what) {
  double slope;
  switch (what) {
  case STF_GLIDE_BONDS: return memory[SHARE];
  case STF_GLIDE_BROKEN: return memory[BROKEN];
  case STF_GLIDE_DRAG: return memory[DRAG];
  case STF_GLIDE_FILM: return film_thickness(data, memory[OPENING], memory[SQUEEZED], &slope);
  case STF_GLIDE_SQUEEZED: return memory[SQUEEZED];
  case STF_GLIDE_PRESSURE: return pressure_at(data, memory);
  case STF_GLIDE_DISSIPATED: return memory[DISSIPATED];
  case STF_GLIDE_BLOOD: return memory[BLOOD];
  }
  return NAN;
}

const stf_glide_law stf_areolar = {
    .about = {.name = "areolar",
              .sentence = "loose areolar tissue: contact, suction, septa, a film with hyaluronan, bonds that break",
              .references = "cowman2015 reynolds1886 terzaghi1925 berriaud1994 freshine cross1965 xu1993 zhurkov1965",
              .parameters = &table,
              .data_size = sizeof(areolar),
              .prepare = prepare},
    .memory = MEMORY,
    .knits = knits,
    .bleeds = bleeds,
    .film = film,
    .rest = rest,
    .respond = respond,
    .advance = advance,
    .thin = thin,
    .squeeze = squeeze,
    .amount = amount,
};
