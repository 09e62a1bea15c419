#include "base/units.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <udunits2.h>

#include "base/text.h"

enum { LONGEST_UNIT = 100, LARGEST_POWER = 60, DEEPEST = 8, BASICS = 8 };

typedef struct dimension_row {
  stf_dimension_info info;
  const char *shown;     /* unit a person is shown */
  const char *usual[12]; /* units a slip is compared with, the likeliest first */
} dimension_row;

static const dimension_row dimensions[STF_DIMENSIONS] = {
    [STF_RATIO] = {{"ratio", "a ratio", "1", "0.3"}, "", {"%"}},
    [STF_ANGLE] = {{"angle", "an angle", "rad", "45 deg"}, "deg", {"deg", "rad", "mrad", "degree", "radian"}},
    [STF_LENGTH] = {{"length", "a length", "mm", "0.8 mm"},
                    "mm",
                    {"mm", "cm", "um", "nm", "m", "millimeter", "micrometer", "centimeter", "meter", "inch"}},
    [STF_AREA] = {{"area", "an area", "mm^2", "12 mm^2"}, "mm^2", {"mm^2", "cm^2", "um^2", "m^2"}},
    [STF_VOLUME] = {{"volume", "a volume", "mm^3", "100 mm^3"}, "mm^3", {"mm^3", "cm^3", "ml", "ul", "m^3"}},
    [STF_TIME] = {{"time", "a time", "s", "10 s"},
                  "s",
                  {"s", "min", "h", "day", "week", "ms", "month", "year", "second", "minute", "hour"}},
    [STF_FORCE] = {{"force", "a force", "N", "5 N"}, "N", {"N", "mN", "kN", "uN", "newton", "kgf", "lbf"}},
    [STF_STRESS] = {{"stress", "a stress", "MPa", "25 MPa"},
                    "MPa",
                    {"MPa", "kPa", "Pa", "GPa", "N/mm^2", "N/m^2", "mmHg", "psi", "bar", "pascal", "megapascal"}},
    [STF_STIFFNESS] = {{"stiffness", "a stiffness", "N/mm", "10 N/mm"}, "N/mm", {"N/mm", "N/m", "kN/m", "N/cm"}},
    [STF_COMPLIANCE] = {{"compliance", "a compliance", "mm/N", "0.01 mm/N"}, "mm/N", {"mm/N", "um/N", "m/N", "mm/kN"}},
    [STF_RATE] = {{"rate", "a rate", "1/s", "1.5 %/s"},
                  "1/s",
                  {"%/s", "1/s", "%/min", "1/min", "1/day", "1/week", "Hz", "%/day"}},
    [STF_TEMPERATURE] = {{"temperature", "a temperature", "K", "37 degC"}, "degC", {"degC", "K", "degF", "celsius"}},
    [STF_DENSITY] = {{"density", "a density", "tonne/mm^3", "1.06 g/cm^3"},
                     "g/cm^3",
                     {"g/cm^3", "kg/m^3", "g/ml", "kg/l", "tonne/mm^3"}},
    [STF_MOMENT] = {{"moment", "a moment", "N mm", "20 N mm"}, "N mm", {"N mm", "N m", "mN m", "N cm", "kN m"}},
    [STF_ACCELERATION] = {{"acceleration", "an acceleration", "mm/s^2", "9.81 m/s^2"},
                          "m/s^2",
                          {"m/s^2", "mm/s^2", "cm/s^2"}},
    [STF_MASS] = {{"mass", "a mass", "tonne", "2 MDa"}, "MDa", {"MDa", "kDa", "Da", "kg", "g", "mg", "tonne"}},
    [STF_VISCOSITY] = {{"viscosity", "a viscosity", "MPa s", "0.7 mPa s"}, "Pa s", {"Pa s", "mPa s", "MPa s", "cP"}},
    [STF_MOLAR_ENERGY] = {{"activation", "an activation energy", "kJ/mol", "100 kJ/mol"},
                          "kJ/mol",
                          {"kJ/mol", "J/mol", "MJ/mol"}},
    [STF_INTERFACE_STIFFNESS] = {{"interface stiffness", "an interface stiffness", "MPa/mm", "0.6 kPa/mm"},
                                 "MPa/mm",
                                 {"MPa/mm", "kPa/mm", "Pa/mm", "N/mm^3", "MPa/m"}},
};

/* What else a unit may measure, so that a mix-up can be named. */
static const struct {
  const char *unit, *article;
} others[] = {
    {"mm/s", "a speed"},           {"W", "a power"},       {"N m/rad", "an angular stiffness"},
    {"rad/s", "an angular speed"}, {"N s/m", "a damping"}, {"C", "an electric charge"},
    {"A", "an electric current"},  {"mol", "an amount"},   {"mol/m3", "a concentration"},
    {"m4/N s", "a permeability"},  {"V", "a voltage"},     {"sr", "a solid angle"},
};
enum { OTHERS = sizeof(others) / sizeof(*others) };

/* Names UDUNITS lacks, and (NULL) those it takes for something else: "a" is 100 m2 and "cycle" an angle to it. */
static const struct {
  const char *name, *means;
} aliases[] = {
    {"deg", "arc_degree"}, {"wk", "week"},  {"wks", "week"},      {"hrs", "hour"},  {"mins", "minute"}, {"mo", "month"},
    {"yrs", "year"},       {"P", "poise"},  {"cP", "centipoise"}, {"Da", "u"},      {"kDa", "ku"},      {"MDa", "Mu"},
    {"Nm", "N m"},         {"Nmm", "N mm"}, {"Ncm", "N cm"},      {"kNm", "kN m"},  {"mNm", "mN m"},    {"Pas", "Pa s"},
    {"mPas", "mPa s"},     {"a", NULL},     {"cycle", NULL},      {"cycles", NULL}, {"e", NULL},
};

/* Powers of m, kg, s, rad, K, A, mol, cd; `odd` for units that are none of these (logarithms, dates). */
typedef struct signature {
  int power[BASICS];
  bool odd;
} signature;

static struct {
  ut_system *system;
  ut_unit *base[STF_DIMENSIONS];
  signature base_signature[STF_DIMENSIONS];
  signature other_signature[OTHERS];
} units;

const stf_dimension_info *stf_dimension_describe(stf_dimension dimension) {
  return &dimensions[dimension].info;
}

/* ---- what a unit measures ---- */

static void add_basic(const ut_unit *basic, int power, signature *s) {
  static const char *const symbols[BASICS] = {"m", "kg", "s", "rad", "K", "A", "mol", "cd"};
  const char *symbol = ut_get_symbol(basic, UT_ASCII);
  for (size_t i = 0; symbol && i < BASICS; i++) {
    if (strcmp(symbol, symbols[i]) == 0) {
      s->power[i] += power;
      return;
    }
  }
  s->odd = true;
}

static ut_status visit_basic(const ut_unit *unit, void *arg) {
  add_basic(unit, 1, arg);
  return UT_SUCCESS;
}

static ut_status visit_product(const ut_unit *unit, int count, const ut_unit *const *basics, const int *powers,
                               void *arg) {
  (void)unit;
  for (int i = 0; i < count; i++) add_basic(basics[i], powers[i], arg);
  return UT_SUCCESS;
}

static ut_status visit_galilean(const ut_unit *unit, double scale, const ut_unit *underlying, double offset, void *arg);

static ut_status visit_odd(const ut_unit *unit, double number, const ut_unit *reference, void *arg) {
  (void)unit, (void)number, (void)reference;
  ((signature *)arg)->odd = true;
  return UT_SUCCESS;
}

static ut_status visit_date(const ut_unit *unit, const ut_unit *time, double origin, void *arg) {
  return visit_odd(unit, origin, time, arg);
}

static const ut_visitor visitor = {visit_basic, visit_product, visit_galilean, visit_date, visit_odd};

static ut_status visit_galilean(const ut_unit *unit, double scale, const ut_unit *underlying, double offset,
                                void *arg) {
  (void)unit, (void)scale, (void)offset;
  return ut_accept_visitor(underlying, &visitor, arg);
}

static signature signature_of(const ut_unit *unit) {
  signature s = {0};
  if (ut_accept_visitor(unit, &visitor, &s) != UT_SUCCESS) s.odd = true;
  return s;
}

static bool same_signature(const signature *a, const signature *b) {
  return !a->odd && !b->odd && memcmp(a->power, b->power, sizeof(a->power)) == 0;
}

/* ---- reading a unit ---- */

typedef struct reader {
  const char *at;
  int depth;
} reader;

static ut_unit *read_product(reader *r);

/* Takes over `unit`; gives it back when its powers are small enough to count on with, else frees it. */
static ut_unit *keep_sane(ut_unit *unit) {
  if (!unit) return NULL;
  const signature s = signature_of(unit);
  bool sane = !s.odd;
  for (int i = 0; i < BASICS; i++) sane = sane && s.power[i] <= LARGEST_POWER && s.power[i] >= -LARGEST_POWER;
  if (sane) return unit;
  ut_free(unit);
  return NULL;
}

static bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

static void skip_spaces(reader *r) {
  while (*r->at == ' ') r->at++;
}

static ut_unit *lookup(const char *name) {
  for (size_t i = 0; i < sizeof(aliases) / sizeof(*aliases); i++) {
    if (strcmp(name, aliases[i].name) != 0) continue;
    if (!aliases[i].means) return NULL;
    reader inner = {.at = aliases[i].means};
    return read_product(&inner);
  }
  return keep_sane(ut_parse(units.system, name, UT_ASCII));
}

/* A name may hold digits ("cmH2O"), but those at its end are a power ("mm2"). */
static ut_unit *read_name(reader *r) {
  char name[LONGEST_UNIT + 1];
  size_t length = 0;
  if (*r->at == '%') {
    length = 1;
  } else {
    while (is_letter(r->at[length]) || is_digit(r->at[length])) length++;
    while (length && is_digit(r->at[length - 1])) length--;
  }
  memcpy(name, r->at, length);
  name[length] = '\0';
  r->at += length;
  return lookup(name);
}

/* The power behind a factor: 1 when there is none, 0 when it is none that is understood. */
static int read_power(reader *r) {
  bool marked = false;
  if (*r->at == '^') {
    marked = true;
    r->at++;
  } else if (r->at[0] == '*' && r->at[1] == '*') {
    marked = true;
    r->at += 2;
  }
  const bool negative = *r->at == '-';
  if (negative || (marked && *r->at == '+')) {
    marked = true;
    r->at++;
  }
  if (!is_digit(*r->at)) return marked ? 0 : 1;
  const int power = *r->at++ - '0';
  return is_digit(*r->at) ? 0 : negative ? -power : power;
}

static ut_unit *read_group(reader *r) {
  if (r->depth >= DEEPEST) return NULL;
  r->at++;
  r->depth++;
  ut_unit *unit = read_product(r);
  r->depth--;
  if (unit && *r->at != ')') {
    ut_free(unit);
    return NULL;
  }
  r->at++;
  return unit;
}

static ut_unit *read_factor(reader *r) {
  ut_unit *factor = NULL;
  if (*r->at == '(') {
    factor = read_group(r);
  } else if (is_letter(*r->at) || *r->at == '%') {
    factor = read_name(r);
  }
  if (!factor) return NULL;
  const int power = read_power(r);
  if (power == 1) return factor;
  ut_unit *raised = power ? keep_sane(ut_raise(factor, power)) : NULL;
  ut_free(factor);
  return raised;
}

/* The sign before the next factor: '*' or '/', or 0 at the end. A bare space multiplies. */
static char read_operator(reader *r) {
  const char *before = r->at;
  skip_spaces(r);
  char sign = *r->at;
  if (sign == '*' || sign == '.' || sign == '/') {
    r->at++;
    skip_spaces(r);
    return sign == '/' ? '/' : '*';
  }
  return r->at > before && (is_letter(sign) || sign == '(' || sign == '%') ? '*' : 0;
}

static ut_unit *read_product(reader *r) {
  skip_spaces(r);
  ut_unit *product = NULL;
  if (r->at[0] == '1' && !is_digit(r->at[1])) {
    r->at++;
    product = ut_get_dimensionless_unit_one(units.system);
  } else {
    product = read_factor(r);
  }
  for (char sign; product && (sign = read_operator(r));) {
    ut_unit *factor = read_factor(r);
    ut_unit *joined = NULL;
    if (factor) joined = keep_sane(sign == '/' ? ut_divide(product, factor) : ut_multiply(product, factor));
    ut_free(product);
    ut_free(factor);
    product = joined;
  }
  return product;
}

static bool is_unit_letter(char c) {
  return is_letter(c) || is_digit(c) || (c && strchr("/*^%.-+() ", c));
}

/* Writes the unit at `text` in ASCII; false when it is too long or holds what no unit holds. */
static bool to_ascii(const char *text, char *ascii) {
  static const struct {
    unsigned code;
    const char *means;
  } letters[] = {{0xB5, "u"},   {0x3BC, "u"}, {0xB0, "deg"}, {0xB2, "2"},     {0xB3, "3"},
                 {0xB9, "1"},   {0xB7, "*"},  {0x22C5, "*"}, {0x2074, "4"},   {0x207B, "-"},
                 {0x2212, "-"}, {0xA0, " "},  {0x202F, " "}, {0x2103, "degC"}};
  size_t used = 0;
  for (size_t size, left = strlen(text); left; text += size, left -= size) {
    unsigned code = 0;
    size = stf_text_decode(text, left, &code);
    const char plain[2] = {(char)code, '\0'};
    const char *means = code < 0x80 && is_unit_letter(plain[0]) ? plain : NULL;
    for (size_t i = 0; size && i < sizeof(letters) / sizeof(*letters); i++) {
      if (letters[i].code == code) means = letters[i].means;
    }
    if (!means || used + strlen(means) > LONGEST_UNIT) return false;
    memcpy(ascii + used, means, strlen(means));
    used += strlen(means);
  }
  while (used && ascii[used - 1] == ' ') used--;
  ascii[used] = '\0';
  return true;
}

/* The unit `text` stands for, to be freed; NULL when it is none. "" is the unit of a bare number. */
static ut_unit *read_unit(const char *text) {
  char ascii[LONGEST_UNIT + 1];
  if (!units.system || !to_ascii(text, ascii)) return NULL;
  if (!*ascii) return ut_get_dimensionless_unit_one(units.system);
  reader r = {.at = ascii};
  ut_unit *unit = read_product(&r);
  if (unit && *r.at) {
    ut_free(unit);
    return NULL;
  }
  return unit;
}

/* ---- start and stop ---- */

static signature signature_of_text(const char *text) {
  ut_unit *unit = read_unit(text);
  const signature s = unit ? signature_of(unit) : (signature){.odd = true};
  ut_free(unit);
  return s;
}

stf_status stf_units_start(void) {
  if (units.system) return STF_OK;
  ut_set_error_message_handler(ut_ignore);
  units.system = ut_read_xml(NULL);
  if (!units.system) return STF_NO_RESOURCE;
  for (size_t i = 0; i < STF_DIMENSIONS; i++) {
    units.base[i] = read_unit(dimensions[i].info.base);
    if (!units.base[i]) {
      stf_units_stop();
      return STF_NO_RESOURCE;
    }
    units.base_signature[i] = signature_of(units.base[i]);
  }
  for (size_t i = 0; i < OTHERS; i++) units.other_signature[i] = signature_of_text(others[i].unit);
  return STF_OK;
}

void stf_units_stop(void) {
  for (size_t i = 0; i < STF_DIMENSIONS; i++) ut_free(units.base[i]);
  ut_free_system(units.system);
  memset(&units, 0, sizeof(units));
}

/* ---- quantities ---- */

/* A ratio has no unit or %, so that a length over a length is not taken for one by mistake. */
static bool is_ratio_unit(const char *unit) {
  const size_t length = strcspn(unit, " ");
  return (length == 0 || (length == 1 && *unit == '%') || (length == 7 && strncmp(unit, "percent", 7) == 0)) &&
         !unit[length + strspn(unit + length, " ")];
}

/* Splits "0.9 mm" into number and unit; 0 when it does not begin with a number. */
static size_t split(const char *text, double *number, const char **unit) {
  const size_t spaces = strspn(text, " ");
  const size_t length = stf_text_read_number(text + spaces, number);
  const char *rest = text + spaces + length;
  /* "0.3e mm" is a broken exponent, not 0.3 elementary charges. */
  if (!length || ((*rest == 'e' || *rest == 'E') && !is_letter(rest[1]))) return 0;
  *unit = rest + strspn(rest, " ");
  return length;
}

/* UDUNITS' own way from mm^3 to mm^3 is a factor of 1 - 1e-16. */
static cv_converter *get_converter(const ut_unit *from, const ut_unit *to) {
  return ut_compare(from, to) == 0 ? cv_get_trivial() : ut_get_converter((ut_unit *)from, (ut_unit *)to);
}

static stf_quantity_fault convert(double number, const char *text, ut_unit *unit, stf_dimension dimension,
                                  double *value) {
  const signature found = signature_of(unit);
  if (!same_signature(&found, &units.base_signature[dimension])) return STF_QUANTITY_WRONG_DIMENSION;
  if (dimension == STF_RATIO && !is_ratio_unit(text)) return STF_QUANTITY_WRONG_DIMENSION;
  cv_converter *converter = get_converter(unit, units.base[dimension]);
  if (!converter) return STF_QUANTITY_WRONG_DIMENSION;
  const double converted = cv_convert_double(converter, number);
  cv_free(converter);
  if (!isfinite(converted)) return STF_QUANTITY_NO_NUMBER;
  *value = converted;
  return STF_QUANTITY_OK;
}

stf_quantity_fault stf_quantity_parse(const char *text, stf_dimension dimension, double *value) {
  double number = 0;
  const char *unit_text = NULL;
  if (!split(text, &number, &unit_text)) return STF_QUANTITY_NO_NUMBER;
  if (!*unit_text) {
    if (dimension != STF_RATIO) return STF_QUANTITY_NO_UNIT;
    *value = number;
    return STF_QUANTITY_OK;
  }
  ut_unit *unit = read_unit(unit_text);
  if (!unit) return STF_QUANTITY_UNKNOWN_UNIT;
  const stf_quantity_fault fault = convert(number, unit_text, unit, dimension, value);
  ut_free(unit);
  return fault;
}

const char *stf_quantity_unit(const char *text) {
  double number = 0;
  const char *unit = NULL;
  return split(text, &number, &unit) ? unit : NULL;
}

const char *stf_quantity_called(const char *text) {
  const char *unit = stf_quantity_unit(text);
  if (!unit || !*unit) return NULL;
  const signature found = signature_of_text(unit);
  for (size_t i = 0; i < STF_DIMENSIONS; i++) {
    if (same_signature(&found, &units.base_signature[i])) return dimensions[i].info.article;
  }
  for (size_t i = 0; i < OTHERS; i++) {
    if (same_signature(&found, &units.other_signature[i])) return others[i].article;
  }
  return NULL;
}

/* The unit that was likely meant, or NULL. */
static const char *likely_unit(const char *unit, stf_dimension dimension, stf_quantity_fault fault) {
  const dimension_row *row = &dimensions[dimension];
  if (fault == STF_QUANTITY_NO_UNIT) return strchr(row->info.example, ' ') + 1;
  if (dimension == STF_TEMPERATURE && strcmp(unit, "C") == 0) return "degC";
  if (dimension == STF_TEMPERATURE && strcmp(unit, "F") == 0) return "degF";
  if (fault != STF_QUANTITY_UNKNOWN_UNIT) return NULL;
  size_t count = 0;
  while (count < sizeof(row->usual) / sizeof(*row->usual) && row->usual[count]) count++;
  return stf_text_nearest(unit, row->usual, count);
}

int stf_quantity_suggest(const char *text, stf_dimension dimension, char *buffer, size_t size) {
  stf_text_sink sink = {.buffer = buffer, .size = size};
  if (size) *buffer = '\0';
  double number = 0;
  const char *unit = NULL;
  const size_t digits = split(text, &number, &unit);
  const stf_quantity_fault fault = stf_quantity_parse(text, dimension, &number);
  if (!digits || fault == STF_QUANTITY_OK) return 0;
  const char *first = text + strspn(text, " ");
  const char *likely = likely_unit(unit, dimension, fault);
  if (unit[0] == ',' && is_digit(unit[1])) {
    stf_text_add(&sink, "write the decimal point as a point");
  } else if (likely) {
    stf_text_add(&sink, "did you mean %.*s %s?", (int)digits, first, likely);
  } else if (fault == STF_QUANTITY_UNKNOWN_UNIT && strpbrk(unit, " ,;") && strpbrk(unit, "023456789")) {
    stf_text_add(&sink, "write one number and one unit");
  }
  return (int)sink.length;
}

stf_status stf_units_from_base(stf_dimension dimension, const char *unit, double *factor, double *offset) {
  ut_unit *wanted = read_unit(unit);
  if (!wanted) return STF_BAD_INPUT;
  const signature s = signature_of(wanted);
  cv_converter *converter = NULL;
  if (same_signature(&s, &units.base_signature[dimension])) {
    converter = get_converter(units.base[dimension], wanted);
  }
  ut_free(wanted);
  if (!converter) return STF_BAD_INPUT;
  *offset = cv_convert_double(converter, 0);
  *factor = cv_convert_double(converter, 1) - *offset;
  cv_free(converter);
  return STF_OK;
}

/* The unit a person is shown `*value` (base units) in, and the value in it. */
static const char *shown_unit(stf_dimension dimension, double *value) {
  static const struct {
    const char *unit;
    double seconds;
  } spans[] = {{"week", 604800}, {"day", 86400}, {"h", 3600}};
  if (dimension == STF_ANGLE) *value *= 180 / M_PI;
  if (dimension == STF_TEMPERATURE) *value -= 273.15;
  if (dimension == STF_TIME && fabs(*value) >= 1e5 && fmod(*value, 3600) != 0) {
    *value /= 86400;
    return "day";
  }
  for (size_t i = 0; dimension == STF_TIME && i < sizeof(spans) / sizeof(*spans); i++) {
    const double count = round(*value / spans[i].seconds);
    if (fabs(count) < 1 || *value != count * spans[i].seconds) continue;
    *value = count;
    return spans[i].unit;
  }
  const stf_dimension_info *info = &dimensions[dimension].info;
  const char *shown = dimensions[dimension].shown;
  double factor, offset;
  if (dimension == STF_ANGLE || dimension == STF_TEMPERATURE || !*shown || !strcmp(shown, info->base)) return shown;
  if (stf_units_from_base(dimension, shown, &factor, &offset)) return info->base;
  *value = *value * factor + offset;
  return shown;
}

int stf_quantity_format(double value, stf_dimension dimension, char *buffer, size_t size) {
  char number[32];
  const char *unit = shown_unit(dimension, &value);
  stf_text_write_number(value, 6, number, sizeof(number));
  return snprintf(buffer, size, "%s%s%s", number, *unit ? " " : "", unit);
}
