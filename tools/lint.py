#!/usr/bin/python3
"""House rules that a machine can check; CONTRIBUTING.md says what they are for.

Usage: tools/lint.py [FOLDER]

Prints one line "FILE:LINE: what is wrong" for each broken rule. Exit status 1 if there is any.
"""

import ast
import csv
import pathlib
import re
import subprocess
import sys

LAYERS = ["base", "material", "element", "interface", "body", "biology", "tissue", "anatomy", "scenario",
          "model", "protocol", "solve", "result", "timeline", "fit", "cli"]
PETSC_LAYERS = {"solve", "timeline", "fit"}
FILE_LINES, FUNCTION_LINES, PARAMETERS, COLUMNS = 1200, 120, 7, 120
CODE = {".c", ".h"}
TEXT = CODE | {".py", ".md", ".yaml", ".yml", ".csv", ".bib", ".build", ".txt", ".in", ".cff", ".1", ".sh", ".html",
               ".svg", ".js", ".mjs", ".css", ".json", ""}
SCRIPT = {".js", ".mjs"}
NOT_FUNCTIONS = {"if", "for", "while", "switch", "return", "sizeof", "defined", "__attribute__", "_Static_assert",
                 "_Alignas", "static_assert", "else", "do"}
FOREIGN = [
    (re.compile(r"(?<![\w.}])/(home|root|work)/\w"), "a path of one machine"),
    (re.compile(r"deb\.debian|registry\.npmjs|python[h]osted|pypi\.org/simple|snapshot\.debian|\.pkg\.dev"),
     "a package registry's host"),
    (re.compile(r"\b([T]ODO|[F]IXME|[X]XX)\b"), "unfinished work (say it in an issue)"),
]
SPEAKS = re.compile(r"\b(printf|vprintf|puts|putchar|perror|exit|_exit|abort|quick_exit)\s*\(|"
                    r"\bfprintf\s*\(\s*std(out|err)\b")
UNSAFE = re.compile(r"\b(sprintf|vsprintf|strcpy|strcat|gets|atoi|atol|atof|strtok)\s*\(")


class Lint:
    def __init__(self, root):
        self.root = root
        self.faults = []
        self.files = project_files(root)
        self.texts = {}
        for path in self.files:
            if path.suffix in TEXT and path.name != "LICENSE":
                try:
                    self.texts[path] = (root / path).read_text(encoding="utf-8")
                except UnicodeDecodeError:
                    self.fault(path, 1, "not UTF-8 text")

    def fault(self, path, line, message):
        self.faults.append((str(path), line, message))

    def under(self, folder, suffixes):
        """Texts of the files below a folder with one of the suffixes, in order."""
        return [(path, text) for path, text in sorted(self.texts.items())
                if path.parts[0] == folder and path.suffix in suffixes]


def project_files(root):
    """What git tracks or would track; without git, everything but build folders and results."""
    git = subprocess.run(["git", "-C", root, "ls-files", "-co", "--exclude-standard", "-z"],
                         capture_output=True, check=False)
    if git.returncode == 0 and (root / ".git").exists():
        found = [pathlib.Path(name) for name in git.stdout.decode().split("\0") if name]
    else:
        found = [path.relative_to(root) for path in root.rglob("*")]
        found = [path for path in found if not re.match(r"build|out$|\.git$", path.parts[0])]
    return sorted(path for path in set(found) if (root / path).is_file())


# --- reading C -------------------------------------------------------------------------------------------------------

TOKENS = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def blank(match):
    """The same number of lines and characters, with nothing in them."""
    return re.sub(r"[^\n]", " ", match[0])


def code_only(text):
    """C with comments, the inside of strings and preprocessor lines blanked; every character keeps its place."""
    text = TOKENS.sub(blank, text)
    return re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", blank, text, flags=re.M)


def closing(text, start):
    """Place of the bracket that closes the one at start, or None."""
    pairs = {"(": ")", "{": "}", "[": "]"}
    depth, opening, end = 0, text[start], pairs[text[start]]
    for place in range(start, len(text)):
        if text[place] == opening:
            depth += 1
        elif text[place] == end:
            depth -= 1
            if depth == 0:
                return place
    return None


def parameter_count(inside):
    depth, count = 0, 1
    for character in inside:
        if character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
        elif character == "," and depth == 0:
            count += 1
    return 0 if inside.strip() in ("", "void") else count


def functions(text):
    """Yields (name, first line, number of parameters, number of lines) of every function declared at file level.

    The number of lines is 0 for a prototype.
    """
    code = code_only(text)
    place = 0
    while match := re.compile(r"\b([A-Za-z_]\w*)\s*\(|\{").search(code, place):
        if match[0] == "{":  # a struct, an array's values: nothing in it is a function of ours
            end = closing(code, match.start())
            if end is None:
                return
            place = end + 1
            continue
        end = closing(code, match.end() - 1)
        if end is None:
            return
        place = end + 1
        if match[1] in NOT_FUNCTIONS:
            continue
        after = re.compile(r"\s*(?:__attribute__\s*\(\(.*?\)\)\s*)*([{;])").match(code, end + 1)
        if not after:
            continue
        first = code.count("\n", 0, match.start()) + 1
        lines = 0
        if after[1] == "{":
            last = closing(code, after.start(1))
            if last is None:
                return
            lines = code.count("\n", match.start(), last) + 1
            place = last + 1
        yield match[1], first, parameter_count(code[match.end():end]), lines


# --- rules -----------------------------------------------------------------------------------------------------------

def check_layers(lint):
    for path, text in lint.under("src", CODE) + lint.under("cli", CODE):
        layer = path.parts[1] if path.parts[0] == "src" and len(path.parts) > 2 else path.parts[0]
        if layer not in LAYERS:
            if layer != "src":
                lint.fault(path, 1, f"the folder {layer} is no layer that tools/lint.py knows")
            continue
        for number, line in enumerate(text.splitlines(), 1):
            include = re.match(r'\s*#\s*include\s*([<"])([^>"]+)', line)
            if not include:
                continue
            other = include[2].split("/")[0]
            if include[1] == '"' and other in LAYERS and LAYERS.index(other) > LAYERS.index(layer):
                lint.fault(path, number, f"the layer {layer} must not include {include[2]}: {other} stands below it")
            if include[1] == '"' and other in PETSC_LAYERS and layer == "result":
                lint.fault(path, number, f"result is built without PETSc and must not include {include[2]}")
            if re.match(r"petsc|mpi\.h", include[2]) and layer not in PETSC_LAYERS:
                lint.fault(path, number, f"only solve, timeline and fit may include {include[2]}")


def check_sizes(lint):
    for path, text in lint.texts.items():
        if path.suffix not in CODE | SCRIPT | {".py"}:
            continue
        lines = text.splitlines()
        if len(lines) > FILE_LINES:
            lint.fault(path, FILE_LINES + 1, f"{len(lines)} lines; at most {FILE_LINES}")
        for number, line in enumerate(lines, 1):
            if len(line) > COLUMNS:
                lint.fault(path, number, f"{len(line)} columns; at most {COLUMNS}")
        found = [] if path.suffix in SCRIPT else (
            functions(text) if path.suffix in CODE else python_functions(lint, path, text))
        for name, first, parameters, length in found:
            if length > FUNCTION_LINES:
                lint.fault(path, first, f"{name} has {length} lines; at most {FUNCTION_LINES}")
            if parameters > PARAMETERS and not name.startswith("MPI_"):  # those stand in a standard
                lint.fault(path, first, f"{name} has {parameters} parameters; at most {PARAMETERS}")


def python_functions(lint, path, text):
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        lint.fault(path, error.lineno or 1, f"not Python: {error.msg}")
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            yield node.name, node.lineno, len(node.args.args), node.end_lineno - node.lineno + 1


def check_text(lint):
    for path, text in lint.texts.items():
        if text and not text.endswith("\n"):
            lint.fault(path, text.count("\n") + 1, "no newline at the end of the file")
        for number, line in enumerate(text.split("\n"), 1):
            if line != line.rstrip():
                lint.fault(path, number, "white space at the end of the line")
            if "\t" in line and path.suffix in CODE | {".py", ".yaml", ".build"}:
                lint.fault(path, number, "a tab")
            for pattern, what in FOREIGN:
                if pattern.search(line):
                    lint.fault(path, number, what)


def check_library(lint):
    for path, text in lint.under("src", CODE):
        for number, line in enumerate(code_only(text).splitlines(), 1):
            if SPEAKS.search(line):
                lint.fault(path, number, "the library never prints and never exits")
    for path, text in lint.under("src", CODE) + lint.under("cli", CODE):
        for number, line in enumerate(code_only(text).splitlines(), 1):
            if match := UNSAFE.search(line):
                lint.fault(path, number, f"{match[1]} has no bound or reports no fault")


def used_sources(lint):
    """Yields (file, line, key) for every place that names a source."""
    for path, text in lint.under("tissues", {".yaml"}):
        for number, line in enumerate(text.splitlines(), 1):
            for key in re.findall(r"(?<![\w-])source:\s*[\"']?([^\s,}\"'#]+)", line):
                yield path, number, key
    for path, text in lint.under("data", {".csv"}):
        rows = [(n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip() and not line.startswith("#")]
        header = next(csv.reader([rows[0][1]])) if rows else []
        if "source_key" not in header:
            lint.fault(path, 1, "no column source_key")
            continue
        for number, line in rows[1:]:
            row = dict(zip(header, next(csv.reader([line]))))
            yield path, number, row.get("source_key", "")
    for path, text in lint.under("src", CODE):
        for number, line in enumerate(text.splitlines(), 1):
            for keys in re.findall(r'\.(?:source|references)\s*=\s*"([^"]*)"', line):
                for key in keys.split():
                    yield path, number, key


def check_sources(lint):
    known = {}
    for number, line in enumerate(lint.texts.get(pathlib.Path("tissues/sources.bib"), "").splitlines(), 1):
        if match := re.match(r"\s*@(\w+)\s*\{\s*([^,\s]+)", line):
            if match[2] in known:
                lint.fault("tissues/sources.bib", number, f"{match[2]} stands twice")
            known[match[2]] = number
    for path, number, key in used_sources(lint):
        if key not in known:
            lint.fault(path, number, f"the source '{key}' is not in tissues/sources.bib")


def check_lists(lint):
    """Every C file and every test stands in the Meson list of its folder."""
    for path in lint.files:
        is_test = path.parts[0] == "tests" and path.name.startswith("test_")
        if path.suffix != ".c" and not (is_test and path.suffix == ".py"):
            continue
        if path.parts[0] not in ("src", "cli", "tests"):
            continue
        build = lint.texts.get(path.parent / "meson.build", "")
        stem = path.stem.removeprefix("test_").removeprefix("fuzz_")
        names = {path.name, path.relative_to(path.parts[0]).as_posix(), stem}
        names.add(path.as_posix())
        top = lint.texts.get(pathlib.Path("meson.build"), "")
        if not any(f"'{name}'" in build or f"'{name}'" in top for name in names):
            lint.fault(path, 1, f"does not stand in {path.parent / 'meson.build'}")


def check_version(lint):
    match = re.search(r"version:\s*'([^']+)'", lint.texts.get(pathlib.Path("meson.build"), ""))
    if not match:
        return
    for name in ("CHANGELOG.md", "CITATION.cff", "docs/striffin.1"):
        if match[1] not in lint.texts.get(pathlib.Path(name), ""):
            lint.fault(name, 1, f"does not mention the version {match[1]}")


RULES = [check_layers, check_sizes, check_text, check_library, check_sources, check_lists, check_version]


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent).resolve()
    lint = Lint(root)
    for rule in RULES:
        rule(lint)
    for path, line, message in sorted(lint.faults):
        print(f"{path}:{line}: {message}")
    return 1 if lint.faults else 0


if __name__ == "__main__":
    sys.exit(main())
