"""Each house rule of tools/lint.py, broken once: a rule that sees nothing is no rule."""

import os
import pathlib
import subprocess
import tempfile
import unittest

import tap

SOURCE = pathlib.Path(os.environ.get("STRIFFIN_SOURCE", pathlib.Path(__file__).parents[2]))

CLEAN = {
    "meson.build": "project('x', 'c', version: '1.2.3')\n",
    "CHANGELOG.md": "## 1.2.3\n",
    "CITATION.cff": "version: 1.2.3\n",
    "docs/striffin.1": '.TH STRIFFIN 1 "" "striffin 1.2.3"\n',
    "src/base/meson.build": "base_sources = files('a.c')\n",
    "src/base/a.c": '#include "base/a.h"\n\nint stf_a_add(int a, int b) {\n  return a + b; /* printf("%d") */\n}\n',
    "src/base/a.h": "int stf_a_add(int a, int b);\n",
    "src/solve/meson.build": "solve_sources = files('s.c')\n",
    "src/solve/s.c": '#include <petscsnes.h>\n#include "base/a.h"\n',
    "tissues/sources.bib": "@article{smith2020,\n}\n",
    "tissues/fascia.yaml": "modulus: {value: 1 MPa, source: smith2020, grade: measured}\n",
    "data/smith2020.csv": "# curve\nquantity,unit,value,sd,n,source_key,role\nforce,N,1,0.1,3,smith2020,check\n",
}


def lint(changes):
    """What lint prints about a clean little project with some files changed."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in {**CLEAN, **changes}.items():
            path = pathlib.Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        run = subprocess.run(["/usr/bin/python3", SOURCE / "tools/lint.py", folder], capture_output=True, text=True,
                             check=False)
        assert run.returncode == (1 if run.stdout else 0) and not run.stderr, run
        return run.stdout


class Lint(unittest.TestCase):
    def assert_seen(self, changes, *expected):
        printed = lint(changes)
        self.assertEqual(len(printed.splitlines()), len(expected), printed)
        for line in expected:
            self.assertIn(line, printed)

    def test_says_nothing_about_a_clean_project(self):
        self.assertEqual(lint({}), "")

    def test_sees_an_include_from_a_layer_below(self):
        self.assert_seen({"src/base/a.h": '#include "solve/s.h"\n'}, "src/base/a.h:1: the layer base must not include")

    def test_sees_petsc_outside_its_layers(self):
        self.assert_seen({"src/base/a.h": "\n  #  include <petscvec.h>\n"},
                         "src/base/a.h:2: only solve, timeline and fit")

    def test_sees_results_that_need_the_solver(self):
        self.assert_seen({"src/result/r.h": '#include "solve/s.h"\n'}, "result is built without PETSc")

    def test_sees_an_unknown_layer(self):
        self.assert_seen({"src/misc/m.h": "\n"}, "src/misc/m.h:1: the folder misc is no layer")

    def test_sees_a_long_file(self):
        self.assert_seen({"src/base/a.h": "int x;\n" * 1201}, "src/base/a.h:1201: 1201 lines")
        self.assertEqual(lint({"src/base/a.h": "int x;\n" * 1200}), "")

    def test_sees_a_long_line(self):
        self.assert_seen({"src/base/a.h": "/* " + "x" * 118 + " */\n"}, "124 columns")

    def test_sees_a_long_function(self):
        body = "static int f(void) {\n" + '  g("}");\n' * 118 + "}\n"
        self.assertEqual(lint({"src/base/a.c": body}), "")
        self.assert_seen({"src/base/a.c": body.replace("\n}", "\n  g('}'); /* } */\n}")}, "f has 121 lines")

    def test_sees_too_many_parameters(self):
        seven = "int f(int a, int (*b)(int, int), int c[2][3], int d, int e, int g, int h)"
        self.assertEqual(lint({"src/base/a.h": seven + ";\n"}), "")
        eight = seven.replace("int h", "int h, int i")
        self.assert_seen({"src/base/a.h": "\n" + eight + ";\n"}, "src/base/a.h:2: f has 8 parameters")
        self.assert_seen({"src/base/a.c": eight + " {\n}\n"}, "f has 8 parameters")

    def test_sees_paths_of_one_machine(self):
        for folder in ("home", "root", "work"):
            self.assert_seen({"docs/a.md": f"see /{folder}/me\n"}, "a path of one machine")
        self.assertEqual(lint({"docs/a.md": "see src/home/me and http://x.org/work/me\n"}), "")

    def test_sees_hosts_of_package_registries(self):
        self.assert_seen({"docs/a.md": "from deb." + "debian.org\n"}, "a package registry's host")

    def test_sees_unfinished_work(self):
        self.assert_seen({"src/base/a.h": "/* TO" + "DO: more */\n"}, "unfinished work")

    def test_sees_a_library_that_speaks_or_exits(self):
        for call in ('printf("x")', 'fprintf(stderr, "x")', "exit(1)", "abort()", 'perror("x")'):
            self.assert_seen({"src/base/a.c": f"void f(void) {{ {call}; }}\n"}, "never prints")
        self.assertEqual(lint({"src/base/a.c": 'void f(FILE *s) { fprintf(s, "exit(1)"); }\n'}), "")

    def test_sees_unbounded_string_functions(self):
        self.assert_seen({"src/base/a.c": 'void f(char *s) { strcpy(s, "x"); }\n'}, "strcpy has no bound")

    def test_sees_sources_that_do_not_exist(self):
        tissue = CLEAN["tissues/fascia.yaml"].replace("smith2020", "nobody1900")
        self.assert_seen({"tissues/fascia.yaml": tissue}, "tissues/fascia.yaml:1: the source 'nobody1900'")
        data = CLEAN["data/smith2020.csv"].replace("smith2020,check", ",check")
        self.assert_seen({"data/smith2020.csv": data}, "data/smith2020.csv:3: the source ''")
        self.assert_seen({"data/a.csv": "quantity,unit\n"}, "no column source_key")
        self.assert_seen({"src/base/a.h": '{.key = "k", .source = "nobody1900"},\n'}, "the source 'nobody1900'")
        self.assert_seen({"src/base/a.h": '.references = "smith2020 nobody1900",\n'}, "the source 'nobody1900'")

    def test_sees_a_source_that_stands_twice(self):
        self.assert_seen({"tissues/sources.bib": "@article{smith2020,\n}\n@book{smith2020,\n}\n"},
                         "tissues/sources.bib:3: smith2020 stands twice")

    def test_sees_files_that_no_list_builds(self):
        self.assert_seen({"src/base/b.c": "\n"}, "src/base/b.c:1: does not stand in src/base/meson.build")
        self.assert_seen({"tests/unit/test_b.c": "\n"}, "does not stand in tests/unit/meson.build")
        self.assertEqual(lint({"tests/unit/test_b.c": "\n", "tests/unit/meson.build": "['b']\n"}), "")
        self.assert_seen({"tests/cli/test_b.py": "\n"}, "does not stand in tests/cli/meson.build")

    def test_sees_a_version_without_a_change_log(self):
        self.assert_seen({"CHANGELOG.md": "## 1.2.2\n"}, "CHANGELOG.md:1: does not mention the version 1.2.3")
        self.assert_seen({"CITATION.cff": "\n"}, "CITATION.cff:1: does not mention")

    def test_sees_untidy_text(self):
        self.assert_seen({"src/base/a.h": "int a; \n"}, "white space at the end")
        self.assert_seen({"src/base/a.h": "int a;"}, "no newline at the end")
        self.assert_seen({"src/base/a.h": "\tint a;\n"}, "a tab")
        self.assert_seen({"src/base/a.h": b"/* \xe9 */\n"}, "not UTF-8")

    def test_sees_python_that_does_not_parse(self):
        self.assert_seen({"tools/a.py": "def f(:\n"}, "tools/a.py:1: not Python")


if __name__ == "__main__":
    tap.main()
