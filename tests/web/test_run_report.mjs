// The report of a run in a real browser, against the run's own files. Environment: STRIFFIN, STRIFFIN_MODULES.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { NONE } from '../../web/src/colour.js';
import { shown } from '../../web/src/numbers.js';
import { launch, open, settled } from './browser.mjs';
import { field, layers, readReport, triangles } from './decode.mjs';
import { choose, clicked, colourOf, errors, goTo, plain } from './drive.mjs';
import { main, test } from './tap.mjs';
import { frames, readVtu } from './vtu.mjs';

const { STRIFFIN, STRIFFIN_MODULES } = process.env;
const TITLE = '</script><img src=x onerror=alert(1)> "\'& \u05d0\u05d1';
const SCENARIO = `striffin: 1
name: two-layers
title: ${JSON.stringify(TITLE)}
tissues: {fascicle: tendon_fascicle, fat: fat}
anatomy:
  generator: strip
  length: 20 mm
  width: 10 mm
  layers:
    - {name: deep, tissue: fat, thickness: 2 mm}
    - {name: sheet, tissue: fascicle, thickness: 1 mm, fibres: [30 deg]}
mesh: {element: hex8, size: 2.5 mm}
solve: {steps: 6}
timeline:
  - {at: 0 s, do: grip, where: x_min}
  - {for: 4 s, do: pull, where: x_max, by: 2.2 mm}
measure:
  - {name: force, what: grip_force, where: x_max}
`;

const folder = mkdtempSync(join(tmpdir(), 'striffin-run-'));
let browser, report, scene, corners, files, cells;

/** Runs the scenario and reads back what it left. */
function solve() {
  writeFileSync(join(folder, 'case.yaml'), SCENARIO);
  const done = spawnSync(STRIFFIN, ['run', '-q', '-j', '1', '-o', 'out', 'case.yaml'], {
    cwd: folder,
    encoding: 'utf8',
  });
  assert.equal(done.status, 0, done.stderr);
  report = readReport(readFileSync(join(folder, 'out/report.html'), 'utf8'));
  scene = report.meta.runs[0].scene;
  corners = triangles(report, scene);
  files = frames(join(folder, 'out')).map(({ path }) => readVtu(path));
  cells = behind();
}

/** Positions [N][3] of the surface, unshuffled. */
function positions(of = report, shape = scene) {
  const bytes = of.raw(shape.positions),
    { count } = shape.positions,
    plainBytes = Buffer.alloc(4 * count);
  for (let i = 0; i < count; i++) for (let b = 0; b < 4; b++) plainBytes[4 * i + b] = bytes[b * count + i];
  return Array.from({ length: count / 3 }, (_, v) => [0, 1, 2].map((a) => plainBytes.readFloatLE(4 * (3 * v + a))));
}

/** The cell behind each triangle: of its layer, with its three corners. */
function behind() {
  const [{ Points, connectivity, layer }] = files,
    at = positions(),
    layerOf = layers(report, scene);
  const key = (point) => point.map((value) => value.toFixed(4)).join();
  const place = (node) => key([...Points.values.subarray(3 * node, 3 * node + 3)]);
  const nodes = Array.from({ length: layer.values.length }, (_, e) =>
    Array.from(connectivity.values.subarray(8 * e, 8 * e + 8), place),
  );
  return corners.map((triangle) => {
    const found = nodes.flatMap((of, e) =>
      layer.values[e] === layerOf[triangle[0]] && triangle.every((v) => of.includes(key(at[v]))) ? [e] : [],
    );
    assert.equal(found.length, 1, `a triangle has ${found.length} cells behind it`);
    return found[0];
  });
}

/** Eigenvalues of a symmetric tensor xx yy zz xy yz xz by Jacobi's rotations. */
function principal([xx, yy, zz, xy, yz, xz]) {
  const s = [
    [xx, xy, xz],
    [xy, yy, yz],
    [xz, yz, zz],
  ];
  for (let turn = 0; turn < 60; turn++) {
    const [p, q] = [
      [0, 1],
      [1, 2],
      [0, 2],
    ][turn % 3];
    const angle = 0.5 * Math.atan2(2 * s[p][q], s[q][q] - s[p][p]),
      [c, d] = [Math.cos(angle), Math.sin(angle)];
    for (const row of s) [row[p], row[q]] = [c * row[p] - d * row[q], d * row[p] + c * row[q]];
    const [a, b] = [s[p].slice(), s[q].slice()];
    s[p] = a.map((value, i) => c * value - d * b[i]);
    s[q] = a.map((value, i) => d * value + c * b[i]);
  }
  return [s[0][0], s[1][1], s[2][2]];
}

const OF_STRESS = {
  'largest principal stress': (tensor) => Math.max(...principal(tensor)),
  'von Mises stress': (tensor) => {
    const [a, b, c] = principal(tensor);
    return Math.sqrt(((a - b) ** 2 + (b - c) ** 2 + (c - a) ** 2) / 2);
  },
};

/** What a step's file holds of a field of the page in a triangle's cell. */
function held(name, step, triangle) {
  const cell = cells[triangle],
    take = OF_STRESS[name];
  if (take) return take(files[step]['stress [MPa]'].values.subarray(6 * cell, 6 * cell + 6));
  const known = name
    .replace(/^fibre stretch, /, 'stretch ')
    .replace(/^torn share of fibres, /, 'torn ');
  return files[step][known].values[cell];
}

/** The number with which a text begins, as "−9.62 × 10⁻⁷ MPa". */
function numberOf(text) {
  const [, mantissa, raised = ''] = /^(−?[\d.]+)(?: × 10([⁻⁰¹²³⁴-⁹]+))?/.exec(text) ?? [];
  const power = raised.replace('⁻', '-').replace(/[⁰¹²³⁴-⁹]/g, (digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'.indexOf(digit));
  return Number(mantissa?.replace('−', '-')) * 10 ** Number(power);
}

const quantum = ({ low, high }) => (high - low) / 65534;

test('every value that is packed is that of the files', () => {
  assert.deepEqual(scene.fields.map(({ name }) => name).sort(), [
    'fibre stretch, fibrils',
    'largest principal stress',
    'torn share of fibres, fibrils',
    'volume ratio',
    'von Mises stress',
  ]);
  assert.equal(scene.times.values.length, files.length);
  for (const meta of scene.fields) {
    const at = field(report, meta);
    let none = 0;
    for (let step = 0; step < files.length; step++) {
      for (let t = 0; t < corners.length; t++) {
        const [found, wanted] = [at(step, t), held(meta.name, step, t)];
        none += Number.isNaN(wanted) ? 1 : 0;
        assert.equal(Number.isNaN(found), Number.isNaN(wanted), `${meta.name}, step ${step}, triangle ${t}`);
        if (!Number.isNaN(wanted)) assert.ok(Math.abs(found - wanted) < quantum(meta) + 1e-6 * Math.abs(wanted));
      }
    }
    assert.equal(none > 0, /fibre/.test(meta.name), `${meta.name}: ${none} values of none`);
    assert.ok(meta.high > meta.low, meta.name);
  }
});

test('the colour at a clicked point is that of the value in the files, which a click shows', async () => {
  const { page, faults, requests } = await open(browser, join(folder, 'out/report.html'));
  await plain(page);
  let compared = 0;
  for (const [number, meta] of scene.fields.entries()) {
    await choose(page, number);
    for (const step of [0, 3, files.length - 1]) {
      await goTo(page, step);
      for (const spot of [
        [0.5, 0.52],
        [0.4, 0.5],
        [0.6, 0.45],
        [0.45, 0.62],
        [0.53, 0.4],
      ]) {
        const hit = await clicked(page, spot);
        if (!Number.isFinite(hit.triangle) || !hit.even) continue; // beside the tissue, or between two elements
        const value = held(meta.name, step, hit.triangle),
          due = Number.isNaN(value) ? NONE : colourOf(meta, value);
        const what = `${meta.name}, step ${step}, triangle ${hit.triangle}: ${hit.text}, ${hit.colour}`;
        assert.ok(Math.max(...due.map((part, c) => Math.abs(part - hit.colour[c]))) <= 3, `${what}, but ${due} is due`);
        const told = numberOf(hit.text);
        if (Number.isNaN(value)) assert.match(hit.text, /^none/);
        else assert.ok(Math.abs(told - value) <= 6e-4 * Math.abs(value) + quantum(meta), what);
        compared++;
      }
    }
  }
  assert.ok(compared >= 40, `${compared} compared`);
  assert.equal(await page.locator('h1').textContent(), TITLE);
  assert.equal(await page.locator('img').count(), 0);
  assert.deepEqual(errors(faults), []);
  assert.deepEqual(requests, [`file://${join(folder, 'out/report.html')}`]);
  await page.close();
});

test('layers come off and apart, and what is under them is that of the files', async () => {
  const { page, faults } = await open(browser, join(folder, 'out/report.html'));
  await plain(page);
  await page.getByRole('checkbox', { name: 'sheet' }).uncheck();
  await settled(page);
  const step = files.length - 1,
    [meta] = scene.fields,
    under = await clicked(page, [0.5, 0.52]);
  assert.match(under.text, /in layer deep/);
  assert.equal(files[step].layer.values[cells[under.triangle]], 0);
  const due = colourOf(meta, held(meta.name, step, under.triangle));
  assert.ok(Math.max(...due.map((part, c) => Math.abs(part - under.colour[c]))) <= 3, `${under.colour}, but ${due}`);
  assert.ok(under.text.startsWith(shown(field(report, meta)(step, under.triangle))));
  assert.deepEqual(errors(faults), []);
  await page.close();
});

const GLIDE = `striffin: 1
name: hand
tissues: {fat: fat, glide: areolar_glide}
anatomy:
  generator: stack
  length: 20 mm
  width: 16 mm
  layers:
    - {name: deep, tissue: fat, thickness: 4 mm}
    - {name: upper, tissue: fat, thickness: 4 mm}
  interfaces:
    - {name: between, above: deep, tissue: glide}
adhesions:
  - {shape: patch, interface: between, at: [5 mm, 0 mm, 4 mm], radius: 4 mm}
tools:
  - {shape: pad, name: hand, against: z_max, centre: [10 mm, 0 mm, 11 mm], half: [5 mm, 5 mm, 3 mm], rounding: 1 mm,
     friction: 0.5}
mesh: {element: hex8, size: 4 mm}
solve: {steps: 3}
timeline:
  - {do: grip, where: z_min}
  - {for: 1 s, do: move, rigid: hand, by: [0 mm, 0 mm, -0.5 mm]}
  - {for: 2 s, do: move, rigid: hand, by: [1 mm, 0 mm, 0 mm]}
measure:
  - {name: slip, what: slip, interface: between}
`;

test('what glides is coloured and slips, and a tool goes where it is moved', async () => {
  writeFileSync(join(folder, 'glide.yaml'), GLIDE);
  const done = spawnSync(STRIFFIN, ['run', '-q', '-j', '1', '-o', 'glide', 'glide.yaml'], {
    cwd: folder,
    encoding: 'utf8',
  });
  assert.equal(done.status, 0, done.stderr);
  const glide = readReport(readFileSync(join(folder, 'glide/report.html'), 'utf8')),
    [{ scene: shownScene }] = glide.meta.runs,
    layerOf = layers(glide, shownScene),
    at = positions(glide, shownScene),
    last = shownScene.times.values.length - 1;
  assert.deepEqual(
    shownScene.layers.map(({ name, tool }) => [name, tool]),
    [
      ['deep', undefined],
      ['upper', undefined],
      ['hand', 'pad'],
    ],
  );
  const move = field(glide, shownScene.displacement),
    slip = field(glide, named(shownScene, 'slip')),
    bonds = field(glide, named(shownScene, 'bonds left'));
  const far = [];
  layerOf.forEach((layer, v) => {
    const moved = [0, 1, 2].map((a) => move(last, 3 * v + a));
    const between = layer === 0 && Math.abs(at[v][2] - 4) < 1e-4;
    assert.equal(Number.isNaN(slip(last, v)), !between, `slip ${slip(last, v)} at ${at[v]} of layer ${layer}`);
    if (layer === 2) {
      [1, 0, -0.5].forEach((due, a) => assert.ok(Math.abs(moved[a] - due) < 1e-3, `the hand is at ${moved}`));
    }
    if (!between) return;
    const above = layerOf.findIndex((other, w) => other === 1 && at[w].every((x, a) => Math.abs(x - at[v][a]) < 1e-4));
    const apart = Math.hypot(...[0, 1].map((a) => move(last, 3 * above + a) - moved[a]));
    far.push(apart);
    assert.ok(Math.abs(apart - slip(last, v)) < 0.005 + 0.1 * apart, `slip ${slip(last, v)}, but ${apart} at ${at[v]}`);
    assert.equal(bonds(0, v) > 0, Math.hypot(at[v][0] - 5, at[v][1]) < 4);
  });
  assert.ok(Math.max(...far) > 0.05, `nothing slips: ${far}`);
  await shows(join(folder, 'glide/report.html'), shownScene);
});

const named = (of, name) => of.fields.find((each) => each.name === name);

/** Slip is what is seen first, a tool dims what is behind it and can be taken off, and a click goes through it. */
async function shows(path, { fields }) {
  const { page, faults } = await open(browser, path);
  await plain(page);
  const slip = fields.findIndex(({ name }) => name === 'slip');
  assert.ok(slip > 0);
  assert.equal(await page.locator('[data-what="field"]').evaluate((list) => list.selectedIndex), slip);
  assert.match(await page.locator('.bar-title').textContent(), /^slip \[/);
  assert.ok(Number(await page.getByLabel('Apart').inputValue()) > 0, 'what slips is hidden');
  await page.getByLabel('Apart').fill('0');
  await page.getByRole('checkbox', { name: 'upper' }).uncheck();
  await settled(page);
  const spot = [0.5, 0.5],
    behind = await clicked(page, spot);
  assert.match(behind.text, /in layer deep/);
  await page.getByRole('checkbox', { name: 'hand' }).uncheck();
  await settled(page);
  const bare = await clicked(page, spot);
  assert.notDeepEqual(bare.colour, behind.colour);
  assert.equal(bare.triangle, behind.triangle);
  assert.deepEqual(errors(faults), []);
  await page.close();
}

solve();
browser = await launch(STRIFFIN_MODULES);
await main();
await browser.close();
rmSync(folder, { recursive: true });
