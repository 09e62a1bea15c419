"""Runs the unittest cases of a script and reports them in TAP, which Meson reads. A skipped case counts as failed."""

import sys
import unittest


class TapResult(unittest.TestResult):
    count = 0

    def _line(self, word, test, note=""):
        self.count += 1
        print(f"{word} {self.count} - {test.id().removeprefix('__main__.')}")
        for line in note.splitlines():
            print("# " + line)
        sys.stdout.flush()

    def addSuccess(self, test):
        self._line("ok", test)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._line("not ok", test, self.failures[-1][1])

    def addError(self, test, err):
        super().addError(test, err)
        self._line("not ok", test, self.errors[-1][1])

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self._line("not ok", test, "skipped: " + reason)

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err:
            self._line("not ok", subtest, (self.failures + self.errors)[-1][1])


def main():
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"])
    result = TapResult()
    suite.run(result)
    print(f"1..{result.count}")
    sys.exit(1 if result.failures or result.errors or result.skipped else 0)
