// Builds the page out of the report's data: striffin-report (JSON) and the packed blocks beside it.

import 'uplot/dist/uPlot.min.css';
import './style.css';

import { el, own } from './dom.js';
import { answer } from './sections/answer.js';
import { curves } from './sections/curves.js';
import { powers } from './numbers.js';
import { cited, parameters } from './sections/parameters.js';
import { limits, reproduce } from './sections/reproduce.js';
import { tissue } from './sections/tissue.js';
import { themeButton } from './theme.js';

const FORMAT = 1;

function read() {
  const found = document.getElementById('striffin-report');
  if (!found) throw new Error('This page holds no run: it is the template that striffin fills.');
  const report = JSON.parse(found.textContent);
  if (report.format !== FORMAT) throw new Error(`This page reads format ${FORMAT}, not ${report.format}.`);
  return report;
}

function header(runs) {
  const [run] = runs,
    title = runs.length === 1 ? run.title || run.name : `${runs.length} runs compared`;
  document.title = `${title} · striffin`;
  return el(
    'header',
    { class: 'top' },
    el('h1', {}, own(title)),
    el(
      'p',
      { class: 'under' },
      runs.map((each, i) =>
        el(
          'span',
          { class: 'run-name' },
          runs.length > 1 ? el('span', { class: `swatch series-${i % 6}` }) : null,
          el('code', {}, own(each.name)),
          outcome(each),
        ),
      ),
    ),
    runs.length === 1 ? about(run) : null,
    el('p', { class: 'disclaimer' }, own(run.disclaimer)),
  );
}

/** What the comment with which the scenario begins says of it, a paragraph to each of its own. */
function about({ scenario, sources }) {
  const [comment] = /^(#.*\n?)*/.exec(scenario);
  const paragraphs = comment.split(/^#\s*\n/m).map((lines) => lines.replace(/^#\s*/gm, '').replace(/\s+/g, ' ').trim());
  return paragraphs.filter(Boolean).map((text) => el('p', { class: 'about' }, own(powers(cited(text, sources)))));
}

const outcome = (run) =>
  el('span', { class: run.outcome.startsWith('stopped') ? 'outcome stopped' : 'outcome' }, own(run.outcome));

function bar(sections, theme) {
  return el(
    'nav',
    { class: 'bar', 'aria-label': 'Sections' },
    el('a', { href: '#top', class: 'mark' }, 'striffin'),
    el(
      'div',
      { class: 'links' },
      sections.map((part) =>
        el('a', { href: `#${part.id}` }, part.dataset.short ?? part.querySelector('h2').textContent),
      ),
    ),
    theme,
  );
}

function redrawCharts() {
  document.querySelectorAll('.chart-whole').forEach((chart) => chart.redraw());
  document.dispatchEvent(new Event('striffin-theme'));
}

function show() {
  const { runs } = read(),
    main = el('main', { id: 'top' });
  const sections = [answer(runs), tissue(runs), curves(runs), parameters(runs), limits(runs), reproduce(runs)].filter(
    Boolean,
  );
  main.append(header(runs), ...sections);
  document.body.prepend(bar(sections, themeButton(redrawCharts)), main);
}

try {
  show();
} catch (error) {
  document.body.prepend(el('main', { id: 'top' }, el('p', { role: 'alert', class: 'fault' }, error.message)));
}
