// The tissue's surface as plain arrays, taken out of the packed blocks when they are asked for.

import { fitting, parted, spaced } from '../numbers.js';
import { unpack } from '../packed.js';

/** What is drawn first is unpacked first; other fields wait until they are chosen. */
export async function openScene(meta) {
  const [positions, index, vertexLayer, edges, displacement] = await Promise.all([
    unpack(meta.positions),
    unpack(meta.index),
    unpack(meta.vertex_layer),
    unpack(meta.edges),
    openField(meta.displacement, meta),
  ]);
  const scene = { meta, positions, index, edges, displacement, times: meta.times, vertices: meta.vertices };
  scene.layers = split(meta.layers, vertexLayer, index, edges);
  scene.views = viewsOf(scene);
  return scene;
}

/** Triangles [T] and edges, by number, of each layer. */
function split(layers, vertexLayer, index, edges) {
  const parts = layers.map((layer) => ({ ...layer, triangles: [], edges: [] }));
  for (let t = 0; t < index.length / 3; t++) parts[vertexLayer[index[3 * t]]].triangles.push(t);
  for (let e = 0; e < edges.length / 2; e++) parts[vertexLayer[edges[2 * e]]].edges.push(e);
  return parts;
}

async function openField(meta, scene) {
  const q = await unpack(meta.block),
    { steps, count } = meta.block;
  if (steps !== 1 && steps !== scene.times.values.length) {
    throw new Error(`${meta.name} has ${steps} steps of ${scene.times.values.length}`);
  }
  const none = meta.none ?? -1,
    scale = (meta.high - meta.low) / (none < 0 ? 65535 : 65534);
  const at = (step, number) => {
    const found = q[(steps === 1 ? 0 : step) * count + number];
    return found === none ? NaN : meta.low + found * scale;
  };
  return { ...meta, at, steps };
}

/** What can be shown in colour: a number for each vertex or triangle. A field of three components gives four. */
function viewsOf(scene) {
  const views = scene.meta.fields.flatMap((field) => viewsOfField(field, () => openField(field, scene.meta)));
  return [...views, ...viewsOfField(scene.meta.displacement, async () => scene.displacement)];
}

function viewsOfField(field, load) {
  const found = parted(field.name, field.unit),
    name = spaced(found.name),
    { unit, factor } = fitting(found.unit, Math.max(-field.low, field.high)),
    base = { unit, on: field.on };
  const once = remember(async () => {
    const opened = await load();
    return { ...opened, at: (step, i) => factor * opened.at(step, i) };
  });
  if (field.components === 1) {
    const open = async () => ({ at: (await once()).at, low: factor * field.low, high: factor * field.high });
    return [{ ...base, name, open }];
  }
  const size = (at) => (step, i) => Math.hypot(at(step, 3 * i), at(step, 3 * i + 1), at(step, 3 * i + 2));
  const part = (c) => (at) => (step, i) => at(step, 3 * i + c);
  return [
    ['', size],
    [' x', part(0)],
    [' y', part(1)],
    [' z', part(2)],
  ].map(([suffix, take]) => ({
    ...base,
    name: name + suffix,
    open: remember(async () => {
      const opened = await once();
      return ranged(take(opened.at), opened.block.count / 3, opened.steps);
    }),
  }));
}

function ranged(at, items, steps) {
  let low = Infinity,
    high = -Infinity;
  for (let step = 0; step < steps; step++) {
    for (let i = 0; i < items; i++) {
      const value = at(step, i);
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return { at, low, high };
}

function remember(load) {
  let kept;
  return () => (kept ??= load());
}

/** Positions [N][3] at a step, with displacements drawn `times` as large. */
export function moved(scene, step, times, out = new Float32Array(scene.positions.length)) {
  for (let i = 0; i < out.length; i++) out[i] = scene.positions[i] + times * scene.displacement.at(step, i);
  return out;
}

/** The value at a place in a triangle: of its own, or between its corners in proportion. */
export function valueAt(scene, view, opened, step, place) {
  if (view.on === 'triangles') return opened.at(step, place.triangle);
  return place.weights.reduce(
    (sum, weight, c) => sum + weight * opened.at(step, scene.index[3 * place.triangle + c]),
    0,
  );
}

/** The largest size of a view's values at a step. */
export function largest(scene, view, opened, step) {
  const items = view.on === 'triangles' ? scene.index.length / 3 : scene.vertices;
  let most = 0;
  for (let i = 0; i < items; i++) most = Math.max(most, Math.abs(opened.at(step, i)) || 0);
  return most;
}

/** Lowest and highest of a view without the share `tail` of its values at either end. */
export function trimmed(scene, view, opened, tail) {
  const items = view.on === 'triangles' ? scene.index.length / 3 : scene.vertices;
  const bins = new Uint32Array(2048),
    width = (opened.high - opened.low) / bins.length || 1;
  let total = 0;
  for (let step = 0; step < scene.times.values.length; step++) {
    for (let i = 0; i < items; i++) {
      const value = opened.at(step, i);
      if (Number.isNaN(value)) continue;
      bins[Math.min(bins.length - 1, Math.floor((value - opened.low) / width))]++;
      total++;
    }
  }
  const first = passed(bins, tail * total),
    last = passed([...bins].reverse(), tail * total);
  return { low: opened.low + first * width, high: opened.high - last * width };
}

/** How many bins hold no more than `count` together. */
function passed(bins, count) {
  let sum = 0,
    i = 0;
  while (i < bins.length - 1 && sum + bins[i] <= count) sum += bins[i++];
  return i;
}

/** Where layers go when they are taken apart: along the line from the first layer's middle to the last one's. */
export function apartDirection(scene) {
  const middles = tissueOf(scene).map((layer) => middle(scene, layer));
  const [a, b] = [middles[0], middles[middles.length - 1]];
  const along = a.map((value, c) => b[c] - value),
    length = Math.hypot(...along);
  return length > 1e-6 * sizeOf(scene.positions).radius ? along.map((value) => value / length) : [0, 0, 1];
}

/** The layers that are tissue; tools stand behind them. */
export const tissueOf = (scene) => scene.layers.filter(({ tool }) => !tool);

/** With which layer of tissue, by number, a layer or tool goes when they are taken apart: a tool with that it is at. */
export function goesWith(scene, number, apart) {
  const last = tissueOf(scene).length - 1,
    layer = scene.layers[number];
  if (!layer.tool) return number;
  const way = (of) => middle(scene, of).reduce((sum, value, a) => sum + value * apart[a], 0);
  return way(layer) > (way(scene.layers[0]) + way(scene.layers[last])) / 2 ? last : 0;
}

function middle(scene, layer) {
  const sum = [0, 0, 0];
  for (const t of layer.triangles) {
    for (let c = 0; c < 3; c++) for (let a = 0; a < 3; a++) sum[a] += scene.positions[3 * scene.index[3 * t + c] + a];
  }
  return sum.map((value) => value / (3 * layer.triangles.length || 1));
}

/** Middle and half diagonal of the box around points [N][3]. */
export function sizeOf(points) {
  const low = [Infinity, Infinity, Infinity],
    high = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i < points.length; i++) {
    if (points[i] < low[i % 3]) low[i % 3] = points[i];
    if (points[i] > high[i % 3]) high[i % 3] = points[i];
  }
  return {
    centre: low.map((value, a) => (value + high[a]) / 2),
    radius: Math.hypot(...low.map((value, a) => high[a] - value)) / 2 || 1,
    extent: low.map((value, a) => high[a] - value),
  };
}
