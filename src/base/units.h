/*
 * Quantities with units. Base units inside striffin: mm, N, MPa, s, rad, K, tonne.
 *
 * UDUNITS-2 knows the units; the number is split off here, and the unit may hold letters, digits, and "/ * ^ % . - ( )"
 * only, since UDUNITS reads some slips as units ("2 3 mm" is 6 mm to it). Names it lacks or reads otherwise than a
 * biomechanist does (deg, week, Nm, cP, Da) are mapped in units.c. Angle and ratio are kept apart here: UDUNITS
 * converts rad, % and 1 into each other.
 */
#ifndef STF_BASE_UNITS_H
#define STF_BASE_UNITS_H

#include <stddef.h>

#include "base/status.h"

typedef enum stf_dimension {
  STF_RATIO,        /* 1; a bare number or % */
  STF_ANGLE,        /* rad */
  STF_LENGTH,       /* mm */
  STF_AREA,         /* mm^2 */
  STF_VOLUME,       /* mm^3 */
  STF_TIME,         /* s */
  STF_FORCE,        /* N */
  STF_STRESS,       /* MPa */
  STF_STIFFNESS,    /* N/mm */
  STF_COMPLIANCE,   /* mm/N */
  STF_RATE,         /* 1/s */
  STF_TEMPERATURE,  /* K */
  STF_DIMENSIONS
} stf_dimension;

/* What a dimension is called and how it is written. */
typedef struct stf_dimension_info {
  const char *name;     /* "length" */
  const char *article;  /* "a length" */
  const char *base;     /* unit used inside, "mm" */
  const char *example;  /* "0.8 mm" */
} stf_dimension_info;

const stf_dimension_info *stf_dimension_describe(stf_dimension dimension);

/* Loads the unit database once; later calls return at once. STF_NO_RESOURCE when UDUNITS' database is missing. */
stf_status stf_units_start(void);
void       stf_units_stop(void);

typedef enum stf_quantity_fault {
  STF_QUANTITY_OK,
  STF_QUANTITY_NO_NUMBER,      /* does not start with a finite decimal number */
  STF_QUANTITY_NO_UNIT,        /* a bare number where a unit is due */
  STF_QUANTITY_UNKNOWN_UNIT,
  STF_QUANTITY_WRONG_DIMENSION /* a unit, but of something else */
} stf_quantity_fault;

/* Reads "0.9 mm" as `dimension` into base units. `*value` is written only on STF_QUANTITY_OK. */
stf_quantity_fault stf_quantity_parse(const char *text, stf_dimension dimension, double *value);

/* Factor and offset such that (base value) * factor + offset is in `unit`. STF_BAD_INPUT when it does not convert. */
stf_status stf_units_from_base(stf_dimension dimension, const char *unit, double *factor, double *offset);

/* Writes `value` (base units) with the dimension's base unit and up to 6 significant digits, as snprintf does. */
int stf_quantity_format(double value, stf_dimension dimension, char *buffer, size_t size);

#endif
