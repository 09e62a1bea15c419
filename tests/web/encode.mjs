// A made-up report, packed as the contract of the page has it: a bending sheet of two layers over time.

import { deflateSync } from 'node:zlib';

export class Encoder {
  blocks = [];

  #add(bytes, block) {
    const id = `block-${this.blocks.length}`;
    this.blocks.push(
      `<script type="application/octet-stream" id="${id}">${deflateSync(bytes).toString('base64')}</script>`,
    );
    return { id, ...block };
  }

  #shuffle(array) {
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength),
      size = array.BYTES_PER_ELEMENT;
    return Uint8Array.from(
      { length: bytes.length },
      (_, i) => bytes[(i % array.length) * size + Math.floor(i / array.length)],
    );
  }

  float32(values) {
    return this.#add(this.#shuffle(Float32Array.from(values)), { type: 'float32', count: values.length });
  }

  uint32(values) {
    const differences = Uint32Array.from(values, (value, i) => value - (i ? values[i - 1] : 0));
    return this.#add(this.#shuffle(differences), { type: 'uint32', count: values.length });
  }

  uint8(values) {
    return this.#add(Uint8Array.from(values), { type: 'uint8', count: values.length });
  }

  /** A field whose steps are arrays of numbers; NaN is none. */
  field(name, unit, components, on, steps) {
    const all = steps.flat().filter((value) => !Number.isNaN(value)),
      none = all.length < steps.flat().length;
    const low = all.reduce((a, b) => Math.min(a, b)),
      high = all.reduce((a, b) => Math.max(a, b));
    const most = none ? 65534 : 65535,
      scale = high > low ? most / (high - low) : 0;
    const q = steps.map((step) =>
      step.map((value) => (Number.isNaN(value) ? 65535 : Math.round((value - low) * scale))),
    );
    const differences = q.flatMap((step, s) => step.map((value, i) => value - (s ? q[s - 1][i] : i ? step[i - 1] : 0)));
    const block = this.#add(this.#shuffle(Uint16Array.from(differences)), {
      type: 'q16',
      count: steps[0].length,
      steps: steps.length,
    });
    return { name, unit, components, on, low, high, ...(none ? { none: 65535 } : {}), block };
  }
}

const LENGTH = 40,
  WIDTH = 20,
  THICK = 1;

/** The outer surface of a layer as a closed box of `nx` by `ny` cells: points, triangles and element edges. */
function box(nx, ny, z0, first) {
  const points = [],
    triangles = [],
    edges = [],
    number = (i, j, k) => first + (k * (ny + 1) + j) * (nx + 1) + i;
  for (const k of [0, 1]) {
    for (let j = 0; j <= ny; j++) {
      for (let i = 0; i <= nx; i++) points.push([(i * LENGTH) / nx, (j * WIDTH) / ny, z0 + k * THICK]);
    }
  }
  const quad = (a, b, c, d) => {
    triangles.push([a, b, c], [a, c, d]);
    edges.push([a, b], [b, c], [c, d], [d, a]);
  };
  for (const k of [0, 1]) {
    for (let j = 0; j < ny; j++) {
      for (let i = 0; i < nx; i++)
        quad(number(i, j, k), number(i + 1, j, k), number(i + 1, j + 1, k), number(i, j + 1, k));
    }
  }
  for (let i = 0; i < nx; i++)
    for (const j of [0, ny]) quad(number(i, j, 0), number(i + 1, j, 0), number(i + 1, j, 1), number(i, j, 1));
  for (let j = 0; j < ny; j++)
    for (const i of [0, nx]) quad(number(i, j, 0), number(i, j + 1, 0), number(i, j + 1, 1), number(i, j, 1));
  return { points, triangles, edges };
}

function scene(encoder, { nx = 20, ny = 10, steps = 9, stiff = 1, released = false }) {
  const parts = [0, 1].map((layer) => box(nx, ny, layer * THICK, layer * 2 * (nx + 1) * (ny + 1)));
  const points = parts.flatMap((part) => part.points),
    triangles = parts.flatMap((part) => part.triangles);
  const times = Array.from({ length: steps }, (_, s) => (8 * s) / (steps - 1));
  const share = (s) => s / (steps - 1);
  const middle = triangles.map((t) => [0, 1, 2].map((a) => t.reduce((sum, v) => sum + points[v][a] / 3, 0)));
  const over = (where, value) => times.map((_, s) => where.map((p, i) => value(p, share(s), i)));
  const bend = times.map((_, s) => points.flatMap(([x, , z]) => bent(x, z, share(s))));
  const load = (t) => (released && t === 1 ? -0.001 : t);
  const half = triangles.length / 2;
  return {
    unit: 'mm',
    times: { unit: 's', values: times },
    layers: [
      { name: 'deep', tissue: 'fascia_lata' },
      { name: 'areolar', tissue: 'areolar' },
    ],
    vertices: points.length,
    triangles: triangles.length,
    positions: encoder.float32(points.flat()),
    index: encoder.uint32(triangles.flat()),
    vertex_layer: encoder.uint8(parts.flatMap((part, layer) => part.points.map(() => layer))),
    edges: encoder.uint32(parts.flatMap((part) => part.edges).flat()),
    displacement: encoder.field('displacement', 'mm', 3, 'vertices', bend),
    fields: [
      encoder.field(
        'constant',
        'kPa',
        1,
        'triangles',
        over(middle, () => 3),
      ),
      encoder.field(
        'stress, largest',
        'MPa',
        1,
        'triangles',
        over(middle, ([x, y], t) => stiff * load(t) * (3 + Math.sin(x / 4) * Math.cos(y / 5))),
      ),
      encoder.field(
        'bending',
        'MPa',
        1,
        'vertices',
        over(points, ([x, , z], t) => t * (z - 1) * (1 + x / 40)),
      ),
      encoder.field(
        'stretch along',
        '1',
        1,
        'triangles',
        over(middle, ([x], t, i) => (i < half ? 1 + 0.1 * t * (x / 40) : NaN)),
      ),
      encoder.field('velocity', 'mm/s', 3, 'vertices', bend),
    ],
    fibres: [0, 1].map((layer) => {
      const at = Array.from({ length: 200 }, (_, i) => [
        1 + ((i % 20) * 38) / 19,
        1 + (Math.floor(i / 20) * 18) / 9,
        layer + 0.5,
      ]);
      return {
        name: layer ? 'across' : 'along',
        layer,
        points: encoder.float32(at.flat()),
        directions: encoder.float32(at.flatMap(() => (layer ? [0, 1, 0] : [1, 0, 0]))),
      };
    }),
  };
}

/** Bent to a part of a circle that reaches a quarter at the end. */
function bent(x, z, share) {
  const curvature = (share * Math.PI) / 3 / LENGTH;
  if (curvature < 1e-9) return [0, 0, 0];
  const radius = 1 / curvature - (z - 1),
    angle = x * curvature;
  return [radius * Math.sin(angle) - x, 0, 1 / curvature - radius * Math.cos(angle) - (z - 1)];
}

function curve(more) {
  const x = Array.from({ length: 41 }, (_, i) => 1 + i / 500);
  return { x, y: x.map((v) => more * 60 * (v - 1) ** 1.5) };
}

/** RUN of the contract; `options`: {name, title, about, nx, ny, steps, scene: false, more, stiff,
 * released, log, times, role}. */
export function run(encoder, options = {}) {
  const { x, y } = curve(options.more ?? 1),
    name = options.name ?? 'bending-sheet',
    more = options.more ?? 1;
  return {
    name,
    title: options.title ?? 'A sheet of two layers, bent',
    outcome: options.outcome ?? 'finished',
    disclaimer: 'An instrument for research and teaching, not a medical device.',
    striffin: { version: '0.1.0', revision: '0123abc', build: 'gcc 12.2.0' },
    command: `striffin run ${name}.yaml`,
    seed: 1,
    ranks: 1,
    scenario: `${options.about ?? ''}striffin: 1\nname: ${name}\n# a comment\n`,
    size: { elements: 800, nodes: 1722, unknowns: 5166 },
    solver: 'multigrid, 7 iterations',
    timing: [
      { phase: 'mesh', seconds: 0.02, calls: 1 },
      { phase: 'assembly', seconds: 1.4, calls: 60 },
      { phase: 'linear solves', seconds: 2.9, calls: 58 },
    ],
    total_s: 4.4,
    measurements: [
      {
        name: 'modulus',
        what: 'slope',
        sentence: `The modulus is ${(22.4 * more).toFixed(1)} MPa; published: 25 ± 5 MPa.`,
        value: 22.4 * more,
        unit: 'MPa',
        published: [
          {
            value: 25,
            sd: 5,
            low: null,
            high: null,
            n: 12,
            unit: 'MPa',
            z: options.role === 'published-model' ? null : (22.4 * more - 25) / 5,
            source: 'author2018',
            role: options.role ?? 'calibrated',
            where: 'author2018.csv, modulus',
          },
        ],
      },
      {
        name: 'stiffness',
        what: 'slope',
        sentence: 'The stiffness is 9.1 N/mm; published: 6 to 9 N/mm.',
        value: 9.1,
        unit: 'N/mm',
        published: [
          {
            value: null,
            sd: null,
            low: 6,
            high: 9,
            range: 'above',
            n: null,
            unit: 'N/mm',
            z: null,
            source: 'author2018',
            role: 'predicted',
            where: 'author2018.csv, stiffness',
          },
        ],
      },
      {
        name: 'force',
        what: 'grip_force',
        sentence: 'The force at the end is 12.9 N.',
        value: 12.9,
        unit: 'N',
        published: [],
      },
    ],
    columns: [
      { name: 'stretch', unit: '1', values: x },
      { name: 'stress', unit: 'MPa', values: y },
      { name: 'time', unit: 's', values: x.map((_, i) => (options.times ?? 1) * 10 ** (i / 10 - 2)) },
    ],
    curves: [
      {
        title: 'Stress over stretch',
        x: 0,
        y: 1,
        log_x: false,
        log_y: false,
        data: [
          {
            label: 'Author (2018), mean ± SD',
            source: 'author2018',
            points: [
              [1.02, 0.2, 0.06],
              [1.05, 0.7, 0.12],
              [1.075, 1.2, 0.2],
            ],
            band: [
              [1, 0, 0],
              [1.04, 0.35, 0.6],
              [1.08, 1.0, 1.6],
            ],
          },
        ],
      },
      { title: 'Stress over time', x: 2, y: 1, log_x: options.log ?? true, log_y: false, data: [] },
    ],
    calibrated: [
      { path: 'sheet.along.modulus', value: 512.3, unit: 'MPa', deviation: 31, experiment: 'modulus_along_lateral' },
    ],
    parameters: [
      {
        tissue: 'fascia_lata',
        path: 'matrix.shear',
        title: 'shear modulus',
        value: '0.1 MPa',
        base: 0.1,
        unit: 'MPa',
        spread: 0.02,
        grade: 'measured',
        source: 'author2018',
        note: '',
      },
      {
        tissue: 'fascia_lata',
        path: 'along.modulus',
        title: 'modulus of fibrils',
        value: '512.3 MPa',
        base: 512.3,
        unit: 'MPa',
        spread: null,
        grade: 'fitted: modulus_along_lateral',
        source: 'author2018',
        note: '',
      },
      {
        tissue: 'areolar',
        path: 'matrix.shear',
        title: 'shear modulus',
        value: '2 kPa',
        base: 0.002,
        unit: 'MPa',
        spread: null,
        grade: 'estimated: no measurement found',
        source: null,
        note: 'between fat and muscle',
      },
    ],
    sources: { author2018: { text: 'Author (2018), A title, A journal', cite: 'Author 2018', doi: '10.1000/example' } },
    limits: ['It is not a medical device.', 'Gliding is not in it yet.'],
    scene: options.scene === false ? null : scene(encoder, options),
  };
}

/** The page: the template with its one marker replaced. */
export function page(template, encoder, runs) {
  const meta = JSON.stringify({ format: 1, runs }).replace(
    /[<>&\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  const data = [`<script type="application/json" id="striffin-report">${meta}</script>`, ...encoder.blocks].join('\n');
  return template.replace('<!--striffin-data-->', () => data);
}
