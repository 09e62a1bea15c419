// What came out, first: a sentence for each measurement, and a picture of it beside what was published.

import { el, own, section, svg } from '../dom.js';
import { headed, powers, sentence, shown, signed, spaced, withUnit } from '../numbers.js';

const ROLES = {
  input: 'put in',
  calibrated: 'calibrated',
  check: 'check',
  predicted: 'predicted',
  'published-model': 'another model',
};
export const ROLE_NOTES = {
  input: 'the number was put into the model',
  calibrated: 'parameters were fitted to this number',
  check: 'follows from other numbers of the same experiment',
  predicted: 'the model was not told this number',
  'published-model': 'what another model gave, no measurement: set beside, neither agreement nor misfit',
};

export function answer(runs) {
  const body = runs.length === 1 ? single(runs[0]) : sideBySide(runs);
  return section('answer', 'What came out', body, legend(runs));
}

function single(run) {
  if (!run.measurements.length) return el('p', {}, 'This run measures nothing.');
  const [compared, alone] = [true, false].map((is) => run.measurements.filter((m) => is === comparisons(m).length > 0));
  return [
    el('div', { class: 'findings' }, compared.map(finding)),
    alone.length
      ? el(
          'div',
          { class: 'alone' },
          compared.length ? el('h3', {}, 'Measured as well, not compared') : null,
          el(
            'ul',
            {},
            alone.map((m) => el('li', {}, own(sentence(m.sentence)))),
          ),
        )
      : null,
  ];
}

/** The published numbers that a measurement is set beside. */
const comparisons = (measurement) => [measurement.published ?? []].flat();

function finding(measurement) {
  return el(
    'article',
    { class: 'finding' },
    el('p', { class: 'sentence' }, own(sentence(measurement.sentence))),
    comparisons(measurement).map((published) =>
      el(
        'div',
        { class: 'compared' },
        dots([{ value: measurement.value, label: 'simulated' }], published, measurement.unit),
        el(
          'dl',
          { class: 'numbers' },
          term('simulated', withUnit(measurement.value, measurement.unit)),
          term('published', publishedText(published)),
          term('apart', apart(published, measurement.value)),
          el('div', {}, el('dt', {}, 'role'), el('dd', {}, role(published.role))),
        ),
      ),
    ),
  );
}

const term = (name, text) => el('div', {}, el('dt', {}, name), el('dd', {}, text));

export const role = (name) => el('span', { class: `role role-${name}`, title: ROLE_NOTES[name] }, ROLES[name] ?? name);

function publishedText({ value, sd, low, high, n, unit, where }) {
  const range = low != null && high != null ? `${shown(low)} to ${withUnit(high, unit)}` : null;
  const middle = value != null ? [shown(value), sd != null ? ` ± ${shown(sd)}` : '', unitOf(unit)].join('') : null;
  const parts = [middle, range && middle ? `range ${range}` : range, n ? `n = ${n}` : null].filter(Boolean).join(', ');
  return [parts || '–', where ? el('span', { class: 'where' }, own(where)) : null];
}

const unitOf = (unit) => (unit && unit !== '1' ? ` ${powers(unit)}` : '');

/**
 * How far a value is from the published one: in SDs, or within the range, or as a share; of per cent, in points. Of
 * another model's number, the ratio alone.
 */
function apart({ z, range, value, unit, role }, simulated) {
  if (role === 'published-model') return value ? `${shown(simulated / value, 2)} times` : '–';
  if (z != null) return distance(z, 'SD');
  if (range) return `${range} the range`;
  if (unit === '%') return distance(simulated - value, 'points');
  return value ? distance((100 * (simulated - value)) / value, '%') : '–';
}

const distance = (value, unit) => (Math.abs(value) < 0.05 ? `within 0.05 ${unit}` : `${signed(value)} ${unit}`);

/**
 * The published mean, SD and range on a line, and simulated values on it. Where nothing tells how far measured values
 * scatter, the line begins at zero, so that a small difference looks small.
 */
function dots(simulated, published, unit) {
  const { value, sd, low, high } = published;
  const ends = [
    sd == null && low == null ? 0 : value,
    value,
    low,
    high,
    sd != null ? value - 2 * sd : null,
    sd != null ? value + 2 * sd : null,
    ...simulated.map((s) => s.value),
  ].filter((v) => Number.isFinite(v));
  const from = Math.min(...ends),
    to = Math.max(...ends),
    room = (to - from) * 0.08 || Math.abs(to) * 0.1 || 1;
  const x = (v) => 6 + (388 * (v - from + room)) / (to - from + 2 * room);
  const bar = (a, b, kind) =>
    svg('rect', {
      x: x(a),
      y: 19 - kind.tall / 2,
      width: Math.max(x(b) - x(a), 1),
      height: kind.tall,
      class: kind.name,
      rx: 2,
    });
  return svg(
    'svg',
    { class: 'dots', viewBox: '0 0 400 46', role: 'img', 'aria-label': spoken(simulated, published, unit) },
    svg('line', { x1: 0, x2: 400, y1: 19, y2: 19, class: 'axis' }),
    low != null && high != null ? bar(low, high, { tall: 10, name: 'range' }) : null,
    sd != null
      ? [
          bar(value - 2 * sd, value + 2 * sd, { tall: 10, name: 'sd2' }),
          bar(value - sd, value + sd, { tall: 10, name: 'sd1' }),
        ]
      : null,
    value != null ? svg('line', { x1: x(value), x2: x(value), y1: 10, y2: 28, class: 'mean' }) : null,
    simulated.map((s) => svg('circle', { cx: x(s.value), cy: 19, r: 6, class: 'simulated' })),
    scaleText(x, published, simulated[0].value),
  );
}

function scaleText(x, { value, sd, low, high }, simulated) {
  const near = (v) => Math.abs(x(v) - x(simulated)) < 60;
  const text = (v) => svg('text', { x: Math.min(Math.max(x(v), 24), 376), y: 43 }, shown(v, 3));
  const others = value != null ? (sd == null && low == null ? [0, value] : [value]) : [low, high];
  return [...others.filter((v) => v != null && !near(v)).map(text), text(simulated)];
}

const spoken = (simulated, published, unit) =>
  `simulated ${withUnit(simulated[0].value, unit)}, published ` +
  (published.value != null ? shown(published.value) : `${shown(published.low)} to ${shown(published.high)}`);

function legend(runs) {
  const all = runs.flatMap((run) => run.measurements.flatMap(comparisons));
  if (!all.length) return null;
  const some = (test) => all.some(test);
  const key = (kind, text) => el('span', { class: `key key-${kind}` }, text);
  return el(
    'p',
    { class: 'legend' },
    runs.length === 1 ? key('simulated', 'simulated') : null,
    runs.length === 1 && some((p) => p.value != null) ? key('mean', 'published mean') : null,
    runs.length === 1 && some((p) => p.sd != null) ? [key('sd1', '± 1 SD'), key('sd2', '± 2 SD')] : null,
    runs.length === 1 && some((p) => p.low != null) ? key('range', 'published range') : null,
    [...new Set(all.map((p) => p.role))]
      .filter((name) => ROLE_NOTES[name])
      .map((name) => el('span', {}, role(name), ` ${ROLE_NOTES[name]}`)),
  );
}

/** Several runs: a row for each measurement, a column for each run. */
function sideBySide(runs) {
  const all = runs.flatMap((run) => run.measurements),
    names = [...new Set(all.map((m) => m.name))],
    named = (name) => all.find((m) => m.name === name);
  return el(
    'div',
    { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Measurements of all runs' },
    el(
      'table',
      { class: 'beside' },
      el(
        'thead',
        {},
        el(
          'tr',
          {},
          el('th', { scope: 'col' }, 'Measurement'),
          runs.map((run, i) =>
            el('th', { scope: 'col' }, el('span', { class: `swatch series-${i % 6}` }), own(run.title || run.name)),
          ),
        ),
      ),
      el(
        'tbody',
        {},
        names.map((name) =>
          el(
            'tr',
            {},
            el('th', { scope: 'row' }, own(headed(spaced(name))), named(name).at_end ? ' at the end' : null),
            runs.map((run) => cell(run.measurements.find((m) => m.name === name))),
          ),
        ),
      ),
    ),
  );
}

function cell(measurement) {
  if (!measurement) return el('td', {}, '–');
  return el(
    'td',
    {},
    el('strong', {}, withUnit(measurement.value, measurement.unit)),
    comparisons(measurement).map((published) =>
      el(
        'div',
        { class: 'beside-published' },
        'published ',
        publishedText(published),
        apart(published, measurement.value),
        ' ',
        role(published.role),
      ),
    ),
  );
}
