// Curves drawn by uPlot: axes, scales and grid are its own, what is measured is painted under them.

import uPlot from 'uplot';

import { el, own } from './dom.js';
import { shown } from './numbers.js';

const HEIGHT = 300;

/**
 * A chart as an element. `plot`: {label, x and y: axis {name, log}, lines [{label, colour, dash, x [], y []}],
 * data [{label, colour, points [[x, y, sd]], along 'x' or 'y': what the SD is of, spans [[x, low, high]] of single
 * places, band [[x, low, high]], line [[x, y]], simulated: whether it is of specimens of an ensemble,
 * slope: whether it goes on beyond the picture}], mark: an x to be marked, or null}. Colours are names in style.css.
 * `redraw` on it takes a change of theme.
 */
export function chart(plot) {
  const box = el('div', { class: 'chart-box' }),
    readout = el('output', { class: 'readout', 'aria-live': 'polite' });
  const axis = plot.x.log ? ', over powers of ten' : '';
  const figure = el(
    'div',
    {
      class: 'chart',
      tabindex: 0,
      role: 'img',
      'aria-label': `${plot.label}${axis}. Left and right arrow keys walk along the curve.`,
    },
    box,
  );
  const state = { plot, figure, box, readout, at: null };
  figure.addEventListener('keydown', (event) => walk(event, state));
  new ResizeObserver(() => fit(state)).observe(box);
  const whole = el('div', { class: 'chart-whole' }, figure, readout);
  whole.redraw = () => build(state);
  whole.point = (x) => {
    plot.mark = x;
    state.u?.redraw(false, false);
  };
  return whole;
}

function fit(state) {
  const width = state.box.clientWidth;
  if (!width || width === state.u?.width) return;
  state.u ? state.u.setSize({ width, height: HEIGHT }) : build(state);
}

function build(state) {
  const { box, plot } = state,
    width = box.clientWidth;
  if (!width) return;
  state.u?.destroy();
  state.u = new uPlot(options(state, width), [null, ...plot.lines.map(({ x, y }) => [x, y])], box);
  for (const what of ['pointermove', 'pointerdown']) {
    state.u.over.addEventListener(what, (event) => hover(event, state));
  }
  state.u.over.addEventListener('pointerleave', ({ pointerType }) => {
    if (pointerType !== 'touch') tell(state, null); // a finger that is lifted leaves what it has read
  });
  tell(state, state.at);
}

function options(state, width) {
  const { plot } = state,
    ink = inks();
  return {
    mode: 2,
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    padding: [12, 14, 0, 0],
    scales: { x: scale(plot, 'x'), y: scale(plot, 'y') },
    axes: [axis(plot.x, 'x', ink), axis(plot.y, 'y', ink)],
    series: [
      {},
      ...plot.lines.map((line) => ({
        facets: [
          { scale: 'x', auto: true },
          { scale: 'y', auto: true },
        ],
        stroke: inked(line.colour),
        width: 2.2,
        dash: line.dash,
        paths: pathOf,
        points: { show: false },
      })),
    ],
    hooks: {
      drawAxes: [
        (u) =>
          plot.data.forEach((data) => {
            paintBand(u, data);
            paintLine(u, data);
          }),
      ],
      draw: [
        (u) => {
          plot.data.forEach((data) => {
            paintSpans(u, data);
            paintPoints(u, data, ink);
          });
          paintMark(u, plot, state, ink);
        },
      ],
    },
  };
}

/** The value of a colour of style.css in the theme that is shown. */
const inked = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const inks = () => ({ text: inked('--soft'), grid: inked('--line'), paper: inked('--paper'), strong: inked('--ink') });

/** On a logarithmic axis only powers of ten. */
const told = (value, log) => value != null && (!log || Math.abs(Math.log10(value) % 1) < 1e-9);

function axis({ name, log }, side, ink) {
  return {
    scale: side,
    side: side === 'x' ? 2 : 3,
    label: name,
    labelSize: 22,
    labelGap: 2,
    size: side === 'x' ? 26 : 58,
    labelFont: '13px system-ui, sans-serif',
    font: '12px system-ui, sans-serif',
    stroke: ink.text,
    grid: { stroke: ink.grid, width: 1, filter: (u, all) => all.map((value) => (told(value, log) ? value : null)) },
    ticks: { show: false },
    values: (u, splits) => splits.map((value) => (told(value, log) ? shown(value, 6) : '')),
    space: side === 'x' ? 56 : 34,
  };
}

function scale(plot, side) {
  const { log } = plot[side],
    [low, high] = extent(plot, side, log);
  return { time: false, auto: false, distr: log ? 3 : 1, min: low, max: high, range: () => [low, high] };
}

/** All that is drawn, with some room around. */
function extent(plot, side, log) {
  const values = [
    ...plot.lines.flatMap((line) => Array.from(line[side])),
    ...plot.data.filter((d) => !d.slope).flatMap((d) => ofData(d, side)),
  ].filter((value) => Number.isFinite(value) && (!log || value > 0));
  const low = values.reduce((a, b) => Math.min(a, b), Infinity);
  const high = values.reduce((a, b) => Math.max(a, b), -Infinity);
  if (low > high) return log ? [1, 10] : [0, 1];
  if (log) return [low / 1.2, high * 1.2];
  const room = (high - low) * 0.04 || Math.abs(high) * 0.1 || 1;
  return [low - room, high + room];
}

function ofData({ points = [], spans = [], band, along = 'y' }, side) {
  const rows = [...spans, ...(band ?? [])],
    room = (sd) => (along === side ? (sd ?? 0) : 0);
  const ofPoints = points.flatMap(([x, y, sd]) =>
    [-1, 1].map((sign) => (side === 'x' ? x : y) + sign * room(sd)),
  );
  return [...ofPoints, ...rows.flatMap(([x, low, high]) => (side === 'x' ? [x] : [low, high]))];
}

function pathOf(u, i) {
  const [x, y] = u.data[i],
    path = new Path2D();
  let drawing = false;
  for (let k = 0; k < x.length; k++) {
    const at = placeOf(u, x[k], y[k]);
    if (at) drawing ? path.lineTo(...at) : path.moveTo(...at);
    drawing = Boolean(at);
  }
  return { stroke: path, flags: 0 };
}

/** Canvas pixels of a value pair; null where it can't be drawn, as zero on a log axis. */
function placeOf(u, x, y) {
  if (x == null || y == null) return null;
  const at = [u.valToPos(x, 'x', true), u.valToPos(y, 'y', true)];
  return at.every(Number.isFinite) ? at : null;
}

function clipped(u, work) {
  const { ctx } = u,
    { left, top, width, height } = u.bbox;
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
  work(ctx);
  ctx.restore();
}

function paintBand(u, { band, colour }) {
  if (!band?.length) return;
  clipped(u, (ctx) => {
    const edge = (k) => band.map((row) => placeOf(u, row[0], row[k])).filter(Boolean);
    ctx.beginPath();
    [...edge(1), ...edge(2).reverse()].forEach((at) => ctx.lineTo(...at));
    ctx.closePath();
    ctx.globalAlpha = 0.2;
    ctx.fillStyle = inked(colour);
    ctx.fill();
  });
}

function paintLine(u, { line, colour }) {
  if (!line?.length) return;
  clipped(u, (ctx) => {
    ctx.beginPath();
    line
      .map(([x, y]) => placeOf(u, x, y))
      .filter(Boolean)
      .forEach((at) => ctx.lineTo(...at));
    Object.assign(ctx, { strokeStyle: inked(colour), lineWidth: 1.6 * uPlot.pxRatio });
    ctx.setLineDash([6, 4].map((part) => part * uPlot.pxRatio));
    ctx.stroke();
  });
}

function paintSpans(u, { spans = [], colour }) {
  const half = 4 * uPlot.pxRatio;
  clipped(u, (ctx) => {
    Object.assign(ctx, { strokeStyle: inked(colour), lineWidth: 1.6 * uPlot.pxRatio });
    ctx.setLineDash([]);
    for (const [x, low, high] of spans) {
      const ends = [placeOf(u, x, low), placeOf(u, x, high)];
      if (!ends.every(Boolean)) continue;
      ctx.beginPath();
      ctx.moveTo(...ends[0]);
      ctx.lineTo(...ends[1]);
      for (const [across, y] of ends) {
        ctx.moveTo(across - half, y);
        ctx.lineTo(across + half, y);
      }
      ctx.stroke();
    }
  });
}

function paintPoints(u, { points = [], colour, along }, ink) {
  clipped(u, (ctx) => {
    const r = 4 * uPlot.pxRatio;
    Object.assign(ctx, { strokeStyle: inked(colour), fillStyle: ink.paper, lineWidth: 1.6 * uPlot.pxRatio });
    ctx.setLineDash([]);
    for (const [x, y, sd] of points) {
      const at = placeOf(u, x, y),
        beside = (far) => (along === 'x' ? placeOf(u, x + far, y) : placeOf(u, x, y + far)),
        ends = sd ? [beside(-sd), beside(sd)] : [];
      if (!at) continue;
      ctx.beginPath();
      if (ends.every(Boolean) && ends.length) {
        ctx.moveTo(...ends[0]);
        ctx.lineTo(...ends[1]);
      }
      ctx.stroke();
      ctx.beginPath();
      ctx.arc(...at, r, 0, 2 * Math.PI);
      ctx.fill();
      ctx.stroke();
    }
  });
}

/** The line of the time shown, and the place that is read off. */
function paintMark(u, plot, state, ink) {
  clipped(u, (ctx) => {
    ctx.setLineDash([]);
    if (plot.mark != null) {
      const x = u.valToPos(plot.mark, 'x', true);
      Object.assign(ctx, { strokeStyle: ink.strong, lineWidth: uPlot.pxRatio });
      ctx.beginPath();
      ctx.moveTo(x, u.bbox.top);
      ctx.lineTo(x, u.bbox.top + u.bbox.height);
      ctx.stroke();
    }
    if (!state.at) return;
    const line = plot.lines[state.at.line],
      at = placeOf(u, line.x[state.at.k], line.y[state.at.k]);
    if (!at) return;
    ctx.beginPath();
    ctx.arc(...at, 5 * uPlot.pxRatio, 0, 2 * Math.PI);
    ctx.fillStyle = inked(line.colour);
    ctx.fill();
    Object.assign(ctx, { strokeStyle: ink.paper, lineWidth: 2 * uPlot.pxRatio });
    ctx.stroke();
  });
}

function hover(event, state) {
  const { u, plot } = state,
    ratio = uPlot.pxRatio;
  const mouse = [u.bbox.left + event.offsetX * ratio, u.bbox.top + event.offsetY * ratio];
  let best = null;
  plot.lines.forEach((line, i) => {
    for (let k = 0; k < line.x.length; k++) {
      const at = placeOf(u, line.x[k], line.y[k]);
      const far = at ? Math.hypot(at[0] - mouse[0], at[1] - mouse[1]) : Infinity;
      if (far < (best?.far ?? Infinity)) best = { far, line: i, k };
    }
  });
  tell(state, best);
}

function walk(event, state) {
  const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!by || !state.plot.lines.length) return;
  event.preventDefault();
  const { line, k } = state.at ?? { line: 0, k: by > 0 ? -1 : state.plot.lines[0].x.length };
  const next = k + by,
    { lines } = state.plot;
  if (next >= 0 && next < lines[line].x.length) tell(state, { line, k: next });
  else if (lines[line + by]) tell(state, { line: line + by, k: by > 0 ? 0 : lines[line + by].x.length - 1 });
}

function tell(state, at) {
  const { plot, readout, u } = state;
  state.at = at;
  u.redraw(false, false);
  if (!at) {
    readout.replaceChildren();
    return;
  }
  const line = plot.lines[at.line];
  readout.replaceChildren(
    ...(plot.lines.length > 1 ? [own(line.label), ': '] : []),
    own(plot.x.name),
    ` ${shown(line.x[at.k])}, `,
    own(plot.y.name),
    ` ${shown(line.y[at.k])}`,
  );
}
