// Limits, and all that it takes to do the run again.

import { el, own, section } from '../dom.js';
import { duration, shown } from '../numbers.js';

export function limits(runs) {
  const all = [...new Set(runs.flatMap((run) => run.limits))];
  if (!all.length) return null;
  return section(
    'limits',
    'Limits',
    el(
      'ul',
      { class: 'limits' },
      all.map((text) => el('li', {}, own(text))),
    ),
  );
}

export function reproduce(runs) {
  return section(
    'reproduce',
    'How to do it again',
    runs.map((run) => again(run, runs.length > 1)),
  );
}

function again(run, several) {
  const { version, revision, build } = run.striffin;
  return el(
    'article',
    { class: 'again' },
    several ? el('h3', {}, own(run.title || run.name)) : null,
    code('Command', run.command),
    run.command.endsWith('.yaml')
      ? el('p', { class: 'hint' }, 'In a folder with the scenario below under this name, and the files that it names.')
      : el('p', { class: 'hint' }, 'A case that comes with striffin; its scenario is below.'),
    el(
      'dl',
      { class: 'facts' },
      fact('striffin', [
        own(version),
        revision ? [', revision ', el('code', {}, own(revision))] : null,
        build ? [', ', own(build)] : null,
      ]),
      fact('seed', shown(run.seed)),
      fact('processes', shown(run.ranks)),
      fact(
        'mesh',
        ['element', 'node', 'unknown'].map((what) => counted(run.size[`${what}s`], what)).join(', '),
      ),
      run.solver ? fact('solver', own(run.solver)) : null,
      fact('ended', own(run.outcome)),
    ),
    code('Scenario', run.scenario),
    timings(run),
  );
}

const fact = (name, text) => el('div', {}, el('dt', {}, name), el('dd', {}, text));
const counted = (count, what) => `${grouped(count)} ${what}${count === 1 ? '' : 's'}`;
const grouped = (count) => (count == null ? '–' : String(count).replace(/\B(?=(\d{3})+$)/g, ' '));

function code(title, text) {
  const copy = el('button', { type: 'button', class: 'quiet', onclick: () => copied(copy, text) }, 'Copy');
  return el(
    'div',
    { class: 'code' },
    el('div', { class: 'code-head' }, el('h4', {}, title), copy),
    el('pre', { tabindex: 0, 'aria-label': title, dir: 'ltr' }, el('code', {}, text)),
  );
}

async function copied(button, text) {
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = 'Copied';
  } catch {
    button.textContent = 'Select the text to copy it';
  }
  setTimeout(() => {
    button.textContent = 'Copy';
  }, 2000);
}

function timings(run) {
  const most = Math.max(...run.timing.map((row) => row.seconds), 1e-9);
  if (!run.timing.length) return null;
  return el(
    'table',
    { class: 'timings' },
    el('caption', {}, `Where the time went: ${duration(run.total_s)} in all (differs from run to run)`),
    el(
      'tbody',
      {},
      run.timing.map((row) => {
        const bar = el('span', { class: 'bar' });
        bar.style.width = `${(100 * row.seconds) / most}%`;
        return el(
          'tr',
          {},
          el('th', { scope: 'row' }, own(row.phase)),
          el('td', { class: 'number' }, duration(row.seconds)),
          el('td', { class: 'number' }, row.calls > 1 ? `${grouped(row.calls)} ×` : ''),
          el('td', { class: 'bar-cell' }, bar),
        );
      }),
    ),
  );
}
