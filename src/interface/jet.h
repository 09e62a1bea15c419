/*
 * Numbers with their first and second derivatives by the nine components of three vectors (forward differentiation;
 * Griewank & Walther 2008, ch. 3).
 */
#ifndef STF_INTERFACE_JET_H
#define STF_INTERFACE_JET_H

enum { STF_JET = 9 };

typedef struct stf_jet {
  double v, d[STF_JET], dd[STF_JET][STF_JET];
} stf_jet;

/* a x + b y */
static inline stf_jet stf_jet_sum(double a, const stf_jet *x, double b, const stf_jet *y) {
  stf_jet out = {.v = a * x->v + b * y->v};
  for (int i = 0; i < STF_JET; i++) {
    out.d[i] = a * x->d[i] + b * y->d[i];
    for (int j = 0; j < STF_JET; j++) out.dd[i][j] = a * x->dd[i][j] + b * y->dd[i][j];
  }
  return out;
}

static inline stf_jet stf_jet_product(const stf_jet *x, const stf_jet *y) {
  stf_jet out = {.v = x->v * y->v};
  for (int i = 0; i < STF_JET; i++) {
    out.d[i] = x->v * y->d[i] + y->v * x->d[i];
    for (int j = 0; j < STF_JET; j++)
      out.dd[i][j] = x->v * y->dd[i][j] + y->v * x->dd[i][j] + x->d[i] * y->d[j] + x->d[j] * y->d[i];
  }
  return out;
}

/* A function of x with the value f and the derivatives df, ddf there. */
static inline stf_jet stf_jet_of(const stf_jet *x, double f, double df, double ddf) {
  stf_jet out = {.v = f};
  for (int i = 0; i < STF_JET; i++) {
    out.d[i] = df * x->d[i];
    for (int j = 0; j < STF_JET; j++) out.dd[i][j] = df * x->dd[i][j] + ddf * x->d[i] * x->d[j];
  }
  return out;
}

#endif
