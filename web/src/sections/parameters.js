// Every number that the run rests on, with where it comes from.

import { el, own, section } from '../dom.js';
import { headed, spaced, withUnit, written } from '../numbers.js';

export function parameters(runs) {
  const same = new Map();
  for (const run of runs) {
    const key = JSON.stringify([run.calibrated, run.parameters]);
    same.set(key, [...(same.get(key) ?? []), run]);
  }
  return section(
    'parameters',
    'Parameters',
    [...same.values()].map((group) => [
      runs.length > 1 ? el('h3', {}, namesOf(group)) : null,
      calibrated(group[0]),
      tables(group[0]),
    ]),
    sources(runs),
  );
}

/** Runs that rest on the same numbers. */
const namesOf = (group) => group.flatMap((run, i) => [i ? '; ' : null, own(run.title || run.name)]);

function calibrated(run) {
  if (!run.calibrated.length) return null;
  const known = run.calibrated.some((row) => row.deviation != null);
  return el(
    'div',
    { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Calibrated parameters' },
    el(
      'table',
      { class: 'parameters' },
      el('caption', {}, 'Calibrated: fitted to a measurement'),
      head('Parameter', 'Value', ...(known ? ['Standard error'] : []), 'Fitted to'),
      el(
        'tbody',
        {},
        run.calibrated.map((row) =>
          el(
            'tr',
            {},
            nameOf({ path: row.path, title: titleOf(row, run) }),
            el(
              'td',
              { class: 'number', 'data-label': 'Value' },
              row.written ? own(written(row.written)) : withUnit(row.value, row.unit),
            ),
            known ? el('td', { class: 'number', 'data-label': 'Error' }, deviation(row)) : null,
            el('td', { 'data-label': 'Fitted to' }, own(cited(row.experiment, run.sources))),
          ),
        ),
      ),
    ),
  );
}

/** What the table of all parameters calls it. */
const titleOf = ({ path }, run) => run.parameters.find((row) => path === `${row.tissue}: ${row.path}`)?.title;

const nameOf = ({ path, title }) =>
  el(
    'th',
    { scope: 'row' },
    own((title || path).replaceAll('`', '')),
    title ? el('code', { class: 'path' }, own(path)) : null,
  );

const deviation = (row) => (row.deviation != null ? withUnit(row.deviation, row.unit, 3) : '–');

const head = (...names) =>
  el(
    'thead',
    {},
    el(
      'tr',
      {},
      names.map((name) => el('th', { scope: 'col' }, name)),
    ),
  );

function tables(run) {
  const tissues = [...new Set(run.parameters.map((row) => row.tissue))];
  return tissues.map((tissue) => {
    const rows = run.parameters.filter((row) => row.tissue === tissue);
    return el(
      'div',
      { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': `Parameters of ${tissue}` },
      el(
        'table',
        { class: 'parameters' },
        el('caption', {}, own(headed(spaced(tissue)))),
        head('Parameter', 'Value', 'Spread', 'Grade', 'Source'),
        el(
          'tbody',
          {},
          rows.map((row) => parameter(row, run.sources)),
        ),
      ),
    );
  });
}

const spreadOf = (row) => (row.spread_text ? own(written(row.spread_text)) : withUnit(row.spread, row.unit, 3));

function parameter(row, known) {
  const kind = /^[a-z]+/i.exec(row.grade ?? '')?.[0] ?? '';
  return el(
    'tr',
    {},
    nameOf(row),
    el('td', { class: 'number', 'data-label': 'Value' }, own(written(row.value))),
    el(
      'td',
      { class: 'number', 'data-label': 'Spread' },
      row.spread != null ? el('span', {}, '± ', spreadOf(row)) : '–',
    ),
    el('td', { 'data-label': 'Grade' }, el('span', { class: `grade grade-${kind}` }, own(row.grade))),
    el(
      'td',
      { 'data-label': 'Source' },
      el(
        'div',
        {},
        row.source ? el('span', {}, own(citation(known, row.source))) : null,
        row.note ? el('span', { class: 'note' }, own(cited(row.note, known))) : null,
      ),
    ),
  );
}

/** How sources are cited, one or several keys; the whole entries stand below. */
const citation = (known, keys) =>
  keys
    .split(' ')
    .map((key) => known[key]?.cite ?? known[key]?.text ?? key)
    .join('; ');

/** A text in which keys of sources stand, "(lynch2003)", with how they are cited. */
export const cited = (text, known) =>
  text.replace(/[a-z][a-z0-9_]{3,}/g, (word) => (Object.hasOwn(known, word) ? (known[word].cite ?? word) : word));

function sources(runs) {
  const entries = Object.entries(Object.assign({}, ...runs.map((run) => run.sources)));
  entries.sort(([, a], [, b]) => (a.text < b.text ? -1 : 1));
  if (!entries.length) return null;
  return el(
    'div',
    { class: 'sources' },
    el('h3', {}, 'Sources'),
    el(
      'ul',
      {},
      entries.map(([key, source]) =>
        el('li', {}, own(source.text), ' ', source.doi ? [doi(source.doi), ' '] : null, el('code', {}, own(key))),
      ),
    ),
  );
}

/** A link, which asks the network for nothing until someone follows it. */
function doi(text) {
  const plain = text.replace(/^(https?:\/\/(dx\.)?doi\.org\/|doi:)/i, '');
  return el('a', { href: `https://doi.org/${encodeURI(plain)}`, rel: 'noreferrer' }, `doi:${plain}`);
}
