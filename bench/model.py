"""Time on many ranks from what was counted on up to 32 and measured on one: for bench/scaling.py.

One linear iteration on P ranks with n unknowns each:
    t = w n + E(L) K latency + c n^e / bandwidth + (2 S + 1) log2(P) latency
w [s] is measured on one rank. L levels exchange E = 4 (L - 1) + 1.3 times (found on two ranks, which have one neighbour
each). K, neighbours of the rank with most, c and e, the bytes it sends, come from the counts on the most ranks: the
largest K, and a line through log bytes over log n. S sums over all ranks, counted, take 2 log2(P) messages each; what
is gathered on the coarsest level, which does not grow, log2(P). Every message pays the whole latency, none is hidden
behind work, and the ranks of a node share its bandwidth: what follows is rather too slow than too fast.
"""

import math

import numpy

# Open MPI between two servers by 40 Gbit/s Ethernet, measured by its makers:
# https://news-blogs.cisco.com/performance/mpi-over-40gb-ethernet
LATENCY = 1.93e-6  # [s]
NODE_BANDWIDTH = 37.23e9 / 8  # [byte/s]
NODE_RANKS = 32  # that share it
RANKS = (1, 10, 100, 1000, 10000)
STRONG = (1e6, 1e8)  # unknowns in all
WEAK = 1e5  # unknowns of each rank
SMALL = 300  # nodes of the coarsest level at most
ROWS = {"cube": 0, "sheet": 9}  # rows of nodes that are never coarsened, 0: all three directions are


def levels(kind, unknowns):
    """How many levels a body of even edges has."""
    rows, count, nodes = ROWS[kind], 1, unknowns / 3
    while nodes > SMALL:
        if rows:
            nodes = rows * (math.sqrt(nodes / rows) / 2 + 0.5) ** 2
        else:
            nodes = (nodes ** (1 / 3) / 2 + 0.5) ** 3
        count += 1
    return count


def exchanges(kind, unknowns):
    return 4 * (levels(kind, unknowns) - 1) + 1.3


def per_iteration(row, kind, what):
    return max(rank[kind][what] for rank in row["solve"]) / row["linear"]


class Model:
    def __init__(self, kind, counts, times):
        self.kind = kind
        most = max(row["ranks"] for row in counts)
        self.rows = sorted((row for row in counts if row["ranks"] == most), key=lambda row: row["unknowns"])
        if len(self.rows) < 3:
            raise SystemExit(f"{kind}: too few counts; run counts with every number of ranks first")
        self.size = numpy.array([row["unknowns"] / most for row in self.rows])
        self.bytes = numpy.array([per_iteration(row, "send", "bytes") for row in self.rows])
        self.exponent, constant = numpy.polyfit(numpy.log(self.size), numpy.log(self.bytes), 1)
        self.constant = math.exp(constant)
        self.off = max(abs(self.constant * self.size ** self.exponent / self.bytes - 1))
        self.neighbours = max(per_iteration(row, "send", "calls") / exchanges(kind, row["unknowns"])
                              for row in self.rows)
        self.sums = max(per_iteration(row, "allreduce", "calls") for row in counts)
        alone = next(row for row in times if row["ranks"] == 1 and row["scaling"] == "strong")
        self.work = alone["phases"]["linear solver"] / alone["linear"] / alone["unknowns"]
        setup = alone["phases"]["read and check"] + alone["phases"]["partition and set up"]
        self.setup = setup / alone["unknowns"]
        self.memory = self.fit_memory(counts)

    @staticmethod
    def fit_memory(counts):
        """[bytes] for each unknown of the rank itself, and for each of the whole problem, by least squares."""
        left = [[1.0, row["unknowns"] / row["ranks"], row["unknowns"]] for row in counts]
        peaks = [max(rank["peak_kb"] for rank in row["whole"]) * 1024 for row in counts]
        return numpy.linalg.lstsq(numpy.array(left), numpy.array(peaks), rcond=None)[0]

    def iteration(self, unknowns, ranks):
        """[s] of work, of messages between neighbours, and of collectives."""
        mine = unknowns / ranks
        if ranks == 1:
            return self.work * mine, 0.0, 0.0
        bandwidth = NODE_BANDWIDTH / min(ranks, NODE_RANKS)
        neighbours = min(self.neighbours, ranks - 1)
        return (self.work * mine,
                exchanges(self.kind, unknowns) * neighbours * LATENCY
                + self.constant * mine ** self.exponent / bandwidth,
                (2 * self.sums + 1) * math.log2(ranks) * LATENCY)


def table(m, title, cases):
    print(f"\n{title}\n\n| ranks | unknowns | of each | levels | work [ms] | neighbours [ms] | collectives [ms] | "
          "iteration [ms] | efficiency |\n|" + "--:|" * 9)
    for unknowns, ranks in cases:
        parts = m.iteration(unknowns, ranks)
        print(f"| {ranks:,} | {unknowns:,.0f} | {unknowns / ranks:,.0f} | {levels(m.kind, unknowns)} | "
              + " | ".join(f"{1000 * part:.3g}" for part in (*parts, sum(parts)))
              + f" | {100 * parts[0] / sum(parts):.0f} % |")


def tell(kind, counts, times):
    m = Model(kind, counts, times)
    print(f"\n{kind}: {1e9 * m.work:.0f} ns of work for each unknown and iteration; "
          f"{m.constant:.0f} n^{m.exponent:.2f} bytes sent (within {100 * m.off:.0f} %); "
          f"{m.neighbours:.0f} neighbours; {m.sums:.1f} sums; set-up {1e6 * m.setup:.1f} us for each unknown of all; "
          f"memory of a rank {m.memory[0] / 1e6:.0f} MB + {m.memory[1]:.0f} bytes for each unknown of its own + "
          f"{m.memory[2]:.0f} bytes for each of all")
    for unknowns in STRONG:
        table(m, f"{kind}, {unknowns:,.0f} unknowns", [(unknowns, ranks) for ranks in RANKS])
    table(m, f"{kind}, {WEAK:,.0f} unknowns each", [(WEAK * ranks, ranks) for ranks in RANKS])
