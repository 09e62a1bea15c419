// Curves, with what was measured under them; those of several runs in one picture.

import { chart } from '../chart.js';
import { el, own, section } from '../dom.js';
import { headed, named, spaced } from '../numbers.js';

const DASHES = [[], [8, 4], [2, 3], [10, 3, 2, 3], [5, 5], [14, 4]];
const SERIES = [0, 1, 2, 3, 4, 5].map((i) => `--series-${i}`);
const MEASURED = ['--measured', '--series-3', '--series-2', '--series-4', '--series-5'];

export function curves(runs) {
  const plots = [...groups(runs).values()].map(plotOf).filter(Boolean);
  if (!plots.length) return null;
  const charts = plots.map((plot) => ({ plot, drawn: chart(plot) }));
  return section(
    'curves',
    'Curves',
    el('p', { class: 'hint' }, 'Point at a curve, or walk along it with the arrow keys, to read its values.'),
    el(
      'div',
      { class: 'charts' },
      charts.map(({ plot, drawn }) => el('figure', {}, el('figcaption', {}, own(plot.label)), drawn, key(plot))),
    ),
  );
}

/** Curves of the same title over the same quantities, one of each run. */
function groups(runs) {
  const found = new Map();
  runs.forEach((run, i) =>
    run.curves.forEach((curve) => {
      const [x, y] = [run.columns[curve.x], run.columns[curve.y]];
      const key = JSON.stringify([x?.name, x?.unit, y?.name, y?.unit]);
      if (!found.has(key)) found.set(key, []);
      found.get(key).push({ curve, x, y, run, number: i });
    }),
  );
  return found;
}

function plotOf(entries) {
  const [{ curve, x, y }] = entries;
  if (!x || !y) return null;
  return {
    label: headed(curve.title),
    x: { name: named(spaced(x.name), x.unit), log: isLogarithmic(entries) },
    y: { name: named(spaced(y.name), y.unit), log: curve.log_y },
    lines: entries.map(({ x: xs, y: ys, run, number }) => ({
      label: run.title || run.name,
      x: xs.values,
      y: ys.values,
      colour: SERIES[number % 6],
      dash: DASHES[number % 6],
    })),
    data: dataOf(entries),
    mark: null,
    several: entries.length > 1,
  };
}

/** Where one run lasts for much longer than another, only powers of ten show both. */
function isLogarithmic(entries) {
  const lasts = entries.map(({ x }) => x.values.at(-1));
  const apart = entries[0].x.name === 'time' && Math.max(...lasts) > 30 * Math.min(...lasts);
  return apart || entries.some(({ curve }) => curve.log_x);
}

/** Measured series, each once even if every run is compared with it. */
function dataOf(entries) {
  const seen = new Map(),
    owners = new Map();
  for (const { curve, number } of entries) {
    for (const data of curve.data ?? []) {
      const key = JSON.stringify([data.label, data.points, data.spans, data.slope ? null : data.band]);
      seen.set(key, data);
      owners.set(key, [...(owners.get(key) ?? []), number]);
    }
  }
  return [...seen].map(([key, data], i) => ({
    ...data,
    points: data.points ?? [],
    colour:
      entries.length > 1 || data.simulated
        ? colourOf(owners.get(key))
        : MEASURED[i % MEASURED.length],
  }));
}

/** What was measured has the colour of the run that is compared with it, or none where several are. */
const colourOf = (owners) => (owners.length > 1 ? '--soft' : SERIES[owners[0] % 6]);

const dashOf = ([first]) => (!first ? 'solid' : first < 4 ? 'dotted' : 'dashed');

function kindOf({ band, line, points, spans }) {
  if (band?.length) return 'band';
  if (line?.length) return 'dashed thin';
  return spans?.length && !points.length ? 'span' : 'point';
}

function key({ lines, data, several }) {
  const entry = (kind, colour, text) => {
    const mark = el('span', { class: `line-key ${kind}` });
    mark.style.color = `var(${colour})`;
    return el('span', { class: 'key' }, mark, text);
  };
  return el(
    'p',
    { class: 'legend' },
    lines.map((line) =>
      entry(dashOf(line.dash), line.colour, several ? own(line.label) : 'simulated'),
    ),
    data.map((series) => entry(kindOf(series), series.colour, own(series.label))),
  );
}
