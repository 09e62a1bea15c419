/*
 * Quantities with units. Base units inside striffin: mm, N, MPa, s, rad, K, tonne.
 *
 * UDUNITS-2 knows the units by name; number and grammar are read here, since UDUNITS reads some slips as units
 * ("2 3 mm" is 6 mm to it) and follows the locale. A unit is names joined by "/", "*", "." or a space, with whole
 * powers ("N/mm^2", "N/mm2", "kg m s-2", "1/s") and parentheses. Names UDUNITS lacks or reads otherwise than a
 * biomechanist does (deg, wk, Nm, cP, Da; cycle, a) are mapped or refused in units.c. Dimensions are compared exactly:
 * UDUNITS itself converts rad, % and 1 into each other, and s into 1/s.
 */
#ifndef STF_BASE_UNITS_H
#define STF_BASE_UNITS_H

#include <stddef.h>

#include "base/status.h"

typedef enum stf_dimension {
  STF_RATIO,               /* 1; a bare number or % */
  STF_ANGLE,               /* rad */
  STF_LENGTH,              /* mm */
  STF_AREA,                /* mm^2 */
  STF_VOLUME,              /* mm^3 */
  STF_TIME,                /* s */
  STF_FORCE,               /* N */
  STF_STRESS,              /* MPa */
  STF_STIFFNESS,           /* N/mm */
  STF_COMPLIANCE,          /* mm/N */
  STF_RATE,                /* 1/s */
  STF_TEMPERATURE,         /* K */
  STF_DENSITY,             /* tonne/mm^3 */
  STF_ACCELERATION,        /* mm/s^2 */
  STF_MOMENT,              /* N mm */
  STF_MASS,                /* tonne */
  STF_VISCOSITY,           /* MPa s */
  STF_MOLAR_ENERGY,        /* kJ/mol */
  STF_INTERFACE_STIFFNESS, /* MPa/mm */
  STF_DIMENSIONS
} stf_dimension;

/* What a dimension is called and how it is written. */
typedef struct stf_dimension_info {
  const char *name;    /* "length" */
  const char *article; /* "a length" */
  const char *base;    /* unit used inside, "mm" */
  const char *example; /* "0.8 mm" */
} stf_dimension_info;

const stf_dimension_info *stf_dimension_describe(stf_dimension dimension);

/*
 * Loads the unit database once; later calls return at once. STF_NO_RESOURCE when UDUNITS' database is missing.
 * The only global state of striffin: start it before other threads read units. Before it every unit is unknown.
 */
stf_status stf_units_start(void);
void stf_units_stop(void);

typedef enum stf_quantity_fault {
  STF_QUANTITY_OK,
  STF_QUANTITY_NO_NUMBER, /* does not start with a decimal number, or is too large for one */
  STF_QUANTITY_NO_UNIT,   /* a bare number where a unit is due */
  STF_QUANTITY_UNKNOWN_UNIT,
  STF_QUANTITY_WRONG_DIMENSION /* a unit, but of something else */
} stf_quantity_fault;

/* Reads "0.9 mm" as `dimension` into base units. `*value` is written only on STF_QUANTITY_OK. */
stf_quantity_fault stf_quantity_parse(const char *text, stf_dimension dimension, double *value);

/* Where the unit begins in the text of a quantity: "" when there is none, NULL when there is no number before it. */
const char *stf_quantity_unit(const char *text);

/* What the unit of a quantity measures, as "a time"; NULL when there is no common word for it. */
const char *stf_quantity_called(const char *text);

/*
 * Writes what the writer of a faulty quantity is likely to have meant, as "did you mean 6 mm?"; as snprintf does,
 * length 0 when there is no telling.
 */
int stf_quantity_suggest(const char *text, stf_dimension dimension, char *buffer, size_t size);

/* Factor and offset such that (base value) * factor + offset is in `unit`. STF_BAD_INPUT when it does not convert. */
stf_status stf_units_from_base(stf_dimension dimension, const char *unit, double *factor, double *offset);

/*
 * Writes `value` (base units) with up to 6 significant digits as a person writes it: angles in deg, temperatures in
 * degC, times in h, day or week when that is a whole number, times over a day else in day, densities in g/cm^3,
 * accelerations in m/s^2, all else in the base unit; as snprintf does.
 */
int stf_quantity_format(double value, stf_dimension dimension, char *buffer, size_t size);

#endif
