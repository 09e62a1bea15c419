// The tissue over time: the picture, its controls, and the value at a point that was clicked.

import { chart } from '../chart.js';
import { gradient, scaleOf } from '../colour.js';
import { checkbox, el, labelled, own, section, select, slider } from '../dom.js';
import { named, shown, ticks, withUnit } from '../numbers.js';
import { unpack } from '../packed.js';
import { pointOf } from '../tissue/pick.js';
import { largest, openScene, tissueOf, trimmed, valueAt } from '../tissue/scene.js';
import { hasWebGL, Stage } from '../tissue/stage.js';
import { paint } from '../tissue/stills.js';

const FRAMES_PER_SECOND = 12;
const RANGES = [
  { name: 'all steps', of: (scene, view, opened) => opened },
  { name: 'without the outer 1 %', of: (scene, view, opened) => trimmed(scene, view, opened, 0.01) },
];

export function tissue(runs) {
  const seen = runs.filter((run) => run.scene);
  if (!seen.length) return null;
  const place = el('div', { class: 'tissue' }),
    webgl = hasWebGL();
  let panel = null;
  const open = async (run) => {
    panel?.dispose();
    place.replaceChildren(el('p', { class: 'waiting' }, 'Unpacking …'));
    try {
      panel = webgl ? new Moving(await openScene(run.scene)) : new Still(await openScene(run.scene));
      await panel.begin(place);
      performance.mark('striffin-first-picture');
    } catch (error) {
      place.replaceChildren(
        el('p', { role: 'alert', class: 'fault' }, `The tissue cannot be shown: ${error.message}.`),
      );
    }
  };
  const chooser =
    seen.length > 1
      ? labelled(
          'Run',
          select(
            seen.map((run) => run.title || run.name),
            (i) => open(seen[i]),
          ),
        )
      : null;
  const whole = section('tissue', 'The tissue', chooser, place);
  setTimeout(() => open(seen[0]));
  return whole;
}

/** What moving and still pictures share: the field in colour, its bar, the layers. */
class Panel {
  constructor(scene) {
    this.scene = scene;
    this.look = {
      step: 0,
      times: 1,
      apart: 0,
      hidden: new Set(),
      edges: true,
      fibres: false,
      shading: false,
      range: 0,
    };
  }

  async choose(number) {
    const view = this.scene.views[number],
      opened = await view.open();
    Object.assign(this.look, { view, opened });
    this.rescale();
  }

  rescale() {
    const { view, opened, range } = this.look,
      { low, high } = RANGES[range].of(this.scene, view, opened);
    this.look.scale = scaleOf(low, high);
    this.#label(low === high);
    this.update();
  }

  /** The colour bar: what, in which unit, from where to where. */
  #label(constant) {
    const { view, opened, scale } = this.look,
      { low, high } = scale;
    const five = ticks(low, high, 5),
      told = five.texts.every((text) => text.length < 7) ? five : ticks(low, high, 3);
    this.barFill.style.background = gradient(scale.map);
    this.barTitle.replaceChildren(own(named(view.name, view.unit)), told.power);
    this.barTicks.replaceChildren(...told.texts.map((text) => el('span', {}, text)));
    this.barNote.textContent = constant ? `everywhere ${withUnit(opened.low, view.unit)}` : '';
  }

  colourBar() {
    this.barFill = el('div', { class: 'bar-fill' });
    this.barTitle = el('div', { class: 'bar-title' });
    this.barTicks = el('div', { class: 'bar-ticks' });
    this.barNote = el('div', { class: 'bar-note' });
    return el('div', { class: 'colour-bar' }, this.barTitle, this.barFill, this.barTicks, this.barNote);
  }

  fieldChooser() {
    const list = select(
      this.scene.views.map((view) => named(view.name, view.unit)),
      (i) => this.choose(i),
    );
    list.dataset.what = 'field';
    return labelled('Field', list);
  }

  rangeChooser() {
    const list = select(
      RANGES.map(({ name }) => name),
      (i) => {
        this.look.range = i;
        this.rescale();
      },
    );
    return labelled('Colours span', list);
  }

  layerBoxes() {
    const { layers } = this.scene;
    if (layers.length < 2) return null;
    return el(
      'fieldset',
      {},
      el('legend', {}, 'Layers'),
      layers.map((layer, i) =>
        checkbox(
          own(layer.name),
          true,
          (on) => {
            on ? this.look.hidden.delete(i) : this.look.hidden.add(i);
            this.update();
          },
          layer.tool || (layer.tissue && layer.tissue !== layer.name)
            ? el('small', {}, own(layer.tool ?? layer.tissue))
            : null,
        ),
      ),
    );
  }

  timeText(step) {
    const { values, unit } = this.scene.times;
    return withUnit(values[step], unit, 3);
  }

  /** The field whose values differ anywhere, or the first. */
  firstView() {
    const differs = this.scene.meta.fields.findIndex(({ low, high, components }) => components === 1 && low < high);
    return Math.max(differs, 0);
  }

  async begin(place) {
    place.replaceChildren(...this.build());
    const first = this.firstView();
    place.querySelector('[data-what="field"]').selectedIndex = first;
    await this.choose(first);
    this.showStep(this.tellingStep());
  }

  /** The last step, unless its values are under half of what they were: then the one of the largest. */
  tellingStep() {
    const { view, opened } = this.look,
      at = (step) => largest(this.scene, view, opened, step),
      last = this.scene.times.values.length - 1;
    if (at(last) >= Math.max(-opened.low, opened.high) / 2) return last;
    const sizes = this.scene.times.values.map((_, step) => at(step));
    return sizes.indexOf(Math.max(...sizes));
  }

  showStep() {}

  dispose() {}
}

/** How far apart layers are first drawn where they glide: what slips lies between them. */
const APART = 0.3;

class Moving extends Panel {
  constructor(scene) {
    super(scene);
    this.slip = scene.meta.fields.findIndex(({ name, low, high }) => name === 'slip' && low < high);
    if (this.slip >= 0) this.look.apart = APART;
  }

  /** How far layers have slipped, where any have. */
  firstView() {
    return this.slip >= 0 ? this.slip : super.firstView();
  }

  build() {
    this.canvas = el('canvas', {
      tabindex: 0,
      role: 'application',
      'aria-roledescription': '3-D picture',
      'aria-label':
        'The tissue. Arrow keys turn it, plus and minus go nearer and farther, Enter reads the value in the middle.',
    });
    this.ring = el('div', { class: 'ring', hidden: true });
    this.cross = el('div', { class: 'cross' });
    this.readout = el(
      'output',
      { class: 'readout', 'aria-live': 'polite' },
      'Click or tap the tissue to read the value at a point.',
    );
    this.overTime = el('div', { class: 'over-time' });
    const picture = el('div', { class: 'picture' }, this.canvas, this.ring, this.cross);
    this.stage = new Stage(this.canvas, this.scene, () => this.#placeRing());
    this.#listen();
    this.prints = el('div', { class: 'prints' });
    this.onTheme = () => this.stage.ink(getComputedStyle(document.documentElement).getPropertyValue('--mesh').trim());
    document.addEventListener('striffin-theme', this.onTheme);
    this.onTheme();
    return [
      el('div', { class: 'stage' }, el('div', {}, picture, this.#timeBar(), this.prints), this.#panel()),
      this.readout,
      this.overTime,
    ];
  }

  #panel() {
    const { look, scene } = this,
      redraw = () => this.update();
    const onOff = (text, key) =>
      checkbox(text, look[key], (on) => {
        look[key] = on;
        redraw();
      });
    return el(
      'div',
      { class: 'panel' },
      this.fieldChooser(),
      this.colourBar(),
      this.rangeChooser(),
      this.layerBoxes(),
      tissueOf(scene).length > 1
        ? this.#sliderOf('Apart', { min: 0, max: 1, step: 0.02, value: look.apart }, 'apart', (v) =>
            v ? `${Math.round(100 * v)} %` : 'together',
          )
        : null,
      this.#sliderOf('Displacement', { min: 0, max: 10, step: 0.5, value: 1 }, 'times', (v) =>
        v === 0 ? 'none' : v === 1 ? 'true' : `× ${shown(v)}`,
      ),
      el(
        'fieldset',
        {},
        el('legend', {}, 'Drawn'),
        onOff('Element edges', 'edges'),
        scene.meta.fibres.length ? checkbox('Fibre directions', false, (on) => this.#fibres(on)) : null,
        onOff('Shading', 'shading'),
      ),
      el('button', { type: 'button', class: 'quiet', onclick: () => this.stage.reset() }, 'Reset the view'),
    );
  }

  #sliderOf(text, range, key, say) {
    const note = el('output', {}, say(range.value));
    const input = slider(range, (value) => {
      this.look[key] = value;
      note.textContent = say(value);
      this.update();
    });
    return labelled(`${text} `, input, note);
  }

  #timeBar() {
    const last = this.scene.times.values.length - 1;
    this.play = el(
      'button',
      { type: 'button', class: 'play', 'aria-label': 'Play', onclick: () => this.#toggle() },
      '▶',
    );
    this.time = slider({ min: 0, max: last, step: 1, value: last }, (step) => this.showStep(step));
    this.time.setAttribute('aria-label', 'Time');
    this.timeNote = el('output', { class: 'time-note' });
    this.look.step = last;
    return el('div', { class: 'time' }, this.play, this.time, this.timeNote);
  }

  showStep(step) {
    this.look.step = step;
    this.time.value = step;
    this.update();
  }

  #toggle() {
    const stop = () => {
      clearInterval(this.playing);
      this.playing = null;
    };
    const last = this.scene.times.values.length - 1;
    if (this.playing) stop();
    else {
      if (this.look.step === last) this.showStep(0);
      this.playing = setInterval(() => {
        if (this.look.step < last) this.showStep(this.look.step + 1);
        if (this.look.step === last) {
          stop();
          this.#showPlay();
        }
      }, 1000 / FRAMES_PER_SECOND);
    }
    this.#showPlay();
  }

  #showPlay() {
    this.play.textContent = this.playing ? '❚❚' : '▶';
    this.play.setAttribute('aria-label', this.playing ? 'Pause' : 'Play');
  }

  update() {
    this.stage.show(this.look);
    const { length } = this.scene.times.values;
    this.timeNote.textContent = `${this.timeText(this.look.step)} · ${this.look.step + 1} of ${length}`;
    this.time.setAttribute('aria-valuetext', this.timeText(this.look.step));
    this.#tellPoint();
  }

  async #fibres(on) {
    if (on) this.fibresAdded ??= await this.#unpackFibres();
    this.look.fibres = on;
    this.update();
  }

  async #unpackFibres() {
    for (const family of this.scene.meta.fibres) {
      const [points, directions] = await Promise.all([unpack(family.points), unpack(family.directions)]);
      this.stage.addFibres(family.layer, [{ points, directions }]);
    }
    return true;
  }

  #listen() {
    let down = null;
    this.canvas.addEventListener('pointerdown', (event) => {
      down = [event.clientX, event.clientY];
      this.canvas.focus({ preventScroll: true });
    });
    this.canvas.addEventListener('click', (event) => {
      const still = down && Math.hypot(event.clientX - down[0], event.clientY - down[1]) < 5;
      const box = this.canvas.getBoundingClientRect();
      if (still)
        this.#pick(((event.clientX - box.left) / box.width) * 2 - 1, 1 - ((event.clientY - box.top) / box.height) * 2);
    });
    this.canvas.addEventListener('keydown', (event) => this.#key(event));
    this.onPrint = () => this.#forPaper();
    window.addEventListener('beforeprint', this.onPrint);
  }

  #key(event) {
    const turns = {
      ArrowLeft: [-0.12, 0],
      ArrowRight: [0.12, 0],
      ArrowUp: [0, 0.12],
      ArrowDown: [0, -0.12],
      '+': [0, 0, 0.9],
      '=': [0, 0, 0.9],
      '-': [0, 0, 1 / 0.9],
    };
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (turns[event.key]) this.stage.turn(...turns[event.key]);
    else if (event.key === 'Enter') this.#pick(0, 0);
    else return;
    event.preventDefault();
  }

  #pick(x, y) {
    this.place = this.stage.pickAt(x, y);
    if (!this.place) this.overTime.replaceChildren();
    this.#placeRing();
    this.#tellPoint();
  }

  #placeRing() {
    this.ring.hidden = !this.place || this.look.hidden.has(this.place.layer);
    if (this.ring.hidden) return;
    const [x, y] = this.stage.spotOf(this.place);
    this.ring.style.left = `${100 * x}%`;
    this.ring.style.top = `${100 * y}%`;
  }

  #tellPoint() {
    const { place, scene, look } = this;
    if (!place) {
      for (const key of ['triangle', 'weights', 'value']) delete this.readout.dataset[key];
      this.readout.textContent = 'Click or tap the tissue to read the value at a point.';
      return;
    }
    const value = valueAt(scene, look.view, look.opened, look.step, place);
    const at = pointOf(scene.index, scene.positions, place)
      .map((v) => shown(v, 3))
      .join(', ');
    Object.assign(this.readout.dataset, { triangle: place.triangle, weights: place.weights.join(' '), value });
    this.readout.replaceChildren(
      el('strong', { class: 'value' }, Number.isNaN(value) ? 'none' : withUnit(value, look.view.unit)),
      ' ',
      own(look.view.name),
      `, at ${this.timeText(look.step)} in layer `,
      own(scene.layers[place.layer].name),
      `, at (${at}) ${scene.meta.unit} before loading`,
    );
    this.#drawOverTime();
  }

  #drawOverTime() {
    const { place, scene, look } = this,
      { values, unit } = scene.times;
    const y = values.map((_, step) => valueAt(scene, look.view, look.opened, step, place));
    const plot = {
      label: `${look.view.name} at the point over time`,
      mark: values[look.step],
      data: [],
      x: { name: named('time', unit), log: false },
      y: { name: named(look.view.name, look.view.unit), log: false },
      lines: [
        {
          label: 'at the point',
          x: values,
          y: y.map((v) => (Number.isNaN(v) ? null : v)),
          colour: '--series-0',
          dash: [],
        },
      ],
    };
    const key = `${scene.views.indexOf(look.view)} ${place.triangle} ${place.weights}`;
    if (this.drawn?.key === key && this.overTime.firstChild) return this.drawn.chart.point(plot.mark);
    this.drawn = { key, chart: chart(plot) };
    this.overTime.replaceChildren(this.drawn.chart);
  }

  /** On paper: the first, the middle and the last step instead of one that can be turned. */
  #forPaper() {
    this.prints.replaceChildren(...stills(this.scene, this.look, (step) => this.timeText(step)));
  }

  dispose() {
    clearInterval(this.playing);
    document.removeEventListener('striffin-theme', this.onTheme);
    window.removeEventListener('beforeprint', this.onPrint);
    this.stage.dispose();
  }
}

/** Without WebGL: pictures of the first, the middle and the last step. */
class Still extends Panel {
  build() {
    this.pictures = el('div', { class: 'stills' });
    return [
      el('p', { class: 'hint' }, 'This browser draws nothing in 3-D (WebGL is missing), so here are still pictures.'),
      el(
        'div',
        { class: 'stage' },
        this.pictures,
        el('div', { class: 'panel' }, this.fieldChooser(), this.colourBar(), this.rangeChooser(), this.layerBoxes()),
      ),
    ];
  }

  update() {
    this.pictures.replaceChildren(...stills(this.scene, this.look, (step) => this.timeText(step)));
  }
}

function stills(scene, look, timeText) {
  const last = scene.times.values.length - 1;
  return [...new Set([0, Math.round(last / 2), last])].map((step) => {
    const canvas = el('canvas', { role: 'img', 'aria-label': `${look.view.name} at ${timeText(step)}` });
    paint(canvas, scene, { ...look, step });
    return el('figure', { class: 'still' }, canvas, el('figcaption', {}, timeText(step)));
  });
}
