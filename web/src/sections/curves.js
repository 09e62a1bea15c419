// Curves, with what was measured under them; those of several runs in one picture.

import { chart } from '../chart.js';
import { el, own, section } from '../dom.js';
import { named } from '../numbers.js';

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
    label: curve.title,
    x: { name: named(x.name, x.unit), log: curve.log_x },
    y: { name: named(y.name, y.unit), log: curve.log_y },
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

/** Measured series, each once even if every run is compared with it. */
function dataOf(entries) {
  const seen = new Map();
  for (const { curve } of entries) {
    for (const data of curve.data ?? []) seen.set(JSON.stringify([data.label, data.points, data.band]), data);
  }
  return [...seen.values()].map((data, i) => ({
    label: data.label,
    points: data.points ?? [],
    band: data.band,
    colour: MEASURED[i % MEASURED.length],
  }));
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
      entry(line.dash.length ? 'dashed' : 'solid', line.colour, several ? own(line.label) : 'simulated'),
    ),
    data.map((series) => entry(series.band ? 'band' : 'point', series.colour, own(series.label))),
  );
}
