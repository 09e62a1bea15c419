/* Factors of small matrices: one that needs pivoting, against its solution; one that is singular is told. */
#include "solve/dense.h"

#include "stf_case.h"
#include "stf_test.h"

enum { ROWS = 4 };

static Mat matrix_of(const double values[ROWS][ROWS]) {
  Mat A;
  assert_false(MatCreateSeqAIJ(PETSC_COMM_SELF, ROWS, ROWS, ROWS, NULL, &A));
  for (PetscInt r = 0; r < ROWS; r++)
    for (PetscInt c = 0; c < ROWS; c++)
      if (values[r][c] != 0.0) assert_false(MatSetValue(A, r, c, values[r][c], INSERT_VALUES));
  assert_false(MatAssemblyBegin(A, MAT_FINAL_ASSEMBLY));
  assert_false(MatAssemblyEnd(A, MAT_FINAL_ASSEMBLY));
  return A;
}

static void rows_change_places_where_the_diagonal_is_zero(void **state) {
  (void)state;
  const double values[ROWS][ROWS] = {{0, 2, 0, 1}, {3, 0, 4, 0}, {0, -1, 0, 2}, {1, 0, -2, 0}},
               known[ROWS] = {1, 2, 3, 4};
  Mat A = matrix_of(values);
  Vec b, x;
  PetscScalar *at;
  stf_dense s;
  bool sound = false;
  assert_int_equal(stf_dense_create(ROWS, &s), STF_OK);
  assert_false(MatCreateVecs(A, &x, &b));
  assert_false(VecGetArray(x, &at));
  for (int k = 0; k < ROWS; k++) at[k] = known[k];
  assert_false(VecRestoreArray(x, &at));
  assert_false(MatMult(A, x, b));
  assert_false(VecZeroEntries(x));
  for (int turn = 0; turn < 2; turn++) { /* nothing is left of the factors before */
    assert_false(stf_dense_refresh(A, &s, &sound));
    assert_true(sound);
    assert_false(stf_dense_solve(&s, b, x));
    assert_false(VecGetArray(x, &at));
    for (int k = 0; k < ROWS; k++) stf_assert_small(at[k] - known[k], 1e-14);
    assert_false(VecRestoreArray(x, &at));
  }
  stf_dense_destroy(&s);
  VecDestroy(&x);
  VecDestroy(&b);
  MatDestroy(&A);
}

static void a_singular_one_is_told(void **state) {
  (void)state;
  const double values[ROWS][ROWS] = {{1, 2, 0, 0}, {2, 4, 0, 0}, {0, 0, 1, 0}, {0, 0, 0, 1}};
  Mat A = matrix_of(values);
  stf_dense s;
  bool sound = true;
  assert_int_equal(stf_dense_create(ROWS, &s), STF_OK);
  assert_false(stf_dense_refresh(A, &s, &sound));
  assert_false(sound);
  stf_dense_destroy(&s);
  MatDestroy(&A);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(rows_change_places_where_the_diagonal_is_zero),
      cmocka_unit_test(a_singular_one_is_told),
  };
  return cmocka_run_group_tests(tests, stf_case_start, stf_case_stop);
}
