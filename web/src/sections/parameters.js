// Every number that the run rests on, with where it comes from.

import { el, own, section } from '../dom.js';
import { withUnit } from '../numbers.js';

export function parameters(runs) {
  const several = runs.length > 1;
  return section(
    'parameters',
    'Parameters',
    runs.map((run) => [
      several ? el('h3', {}, own(run.title || run.name)) : null,
      calibrated(run),
      tables(run),
      sources(run),
    ]),
  );
}

function calibrated(run) {
  if (!run.calibrated.length) return null;
  return el(
    'div',
    { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Calibrated parameters' },
    el(
      'table',
      {},
      el('caption', {}, 'Calibrated: fitted to a measurement'),
      head('Parameter', 'Value', 'Standard error', 'Fitted to'),
      el(
        'tbody',
        {},
        run.calibrated.map((row) =>
          el(
            'tr',
            {},
            el('th', { scope: 'row' }, own(row.path)),
            el('td', { class: 'number' }, withUnit(row.value, row.unit)),
            el('td', { class: 'number' }, row.deviation != null ? withUnit(row.deviation, row.unit, 3) : '–'),
            el('td', {}, own(row.experiment)),
          ),
        ),
      ),
    ),
  );
}

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
        el('caption', {}, own(tissue)),
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

function parameter(row, known) {
  const kind = /^[a-z]+/i.exec(row.grade ?? '')?.[0] ?? '';
  return el(
    'tr',
    {},
    el(
      'th',
      { scope: 'row' },
      own(row.title || row.path),
      row.title ? el('code', { class: 'path' }, own(row.path)) : null,
    ),
    el('td', { class: 'number', 'data-label': 'Value' }, own(row.value)),
    el(
      'td',
      { class: 'number', 'data-label': 'Spread' },
      row.spread != null ? `± ${withUnit(row.spread, row.unit, 3)}` : '–',
    ),
    el('td', { 'data-label': 'Grade' }, el('span', { class: `grade grade-${kind}` }, own(row.grade))),
    el(
      'td',
      { 'data-label': 'Source' },
      row.source ? el('span', {}, own(known[row.source]?.text ?? row.source)) : null,
      row.note ? el('span', { class: 'note' }, own(row.note)) : null,
    ),
  );
}

function sources(run) {
  const entries = Object.entries(run.sources);
  if (!entries.length) return null;
  return el(
    'div',
    { class: 'sources' },
    el('h3', {}, 'Sources'),
    el(
      'ol',
      {},
      entries.map(([key, source]) =>
        el('li', {}, own(source.text), ' ', source.doi ? doi(source.doi) : el('code', {}, own(key))),
      ),
    ),
  );
}

/** A link, which asks the network for nothing until someone follows it. */
function doi(text) {
  const plain = text.replace(/^(https?:\/\/(dx\.)?doi\.org\/|doi:)/i, '');
  return el('a', { href: `https://doi.org/${encodeURI(plain)}`, rel: 'noreferrer' }, `doi:${plain}`);
}
