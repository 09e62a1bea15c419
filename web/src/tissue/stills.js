// Still pictures where there is no 3-D: triangles seen from afar, painted from the farthest to the nearest.

import { colourAt, css, NONE } from '../colour.js';
import { cross, dot } from './pick.js';
import { moved, sizeOf } from './scene.js';
import { START, TOOL_OPACITY } from './view.js';

const WIDTH = 1200,
  HEIGHT = 800;

/** Paints one step into a canvas. */
export function paint(canvas, scene, look) {
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  const [points, last] = [look.step, scene.times.values.length - 1].map((step) => moved(scene, step, look.times));
  const flat = projected(scene, points, last, canvas),
    context = canvas.getContext('2d');
  const seen = scene.layers.flatMap((layer, i) => (look.hidden.has(i) ? [] : layer.triangles));
  const depth = new Map(seen.map((t) => [t, depthOf(scene, flat, t)]));
  seen.sort((a, b) => depth.get(a) - depth.get(b));
  const edges = look.edges ? edgesOf(scene) : new Set();
  const tools = new Set(scene.layers.flatMap((layer) => (layer.tool ? layer.triangles : [])));
  for (const t of seen) {
    const colour = css(tools.has(t) ? NONE : colourOf(scene, look, t));
    context.globalAlpha = tools.has(t) ? TOOL_OPACITY : 1;
    paintTriangle(context, corners(scene, flat, t), colour, tools.has(t) ? new Set() : edges);
  }
}

/** Points in pixels from the top left, and how near they are [N][3]; all steps in one frame. */
function projected(scene, points, last, canvas) {
  const { centre, extent } = sizeOf([scene.positions, last].flatMap((all) => Array.from(seenFrom(all)))),
    zoom = 0.9 * Math.min(canvas.width / extent[0], canvas.height / extent[1]);
  const flat = seenFrom(points);
  for (let i = 0; i < flat.length; i += 3) {
    flat[i] = canvas.width / 2 + zoom * (flat[i] - centre[0]);
    flat[i + 1] = canvas.height / 2 - zoom * (flat[i + 1] - centre[1]);
  }
  return flat;
}

/** Points to the right, up and nearer, as one looks at the tissue first. */
function seenFrom(points) {
  const towards = unit(START),
    right = unit(cross([0, 0, 1], towards)),
    axes = [right, cross(towards, right), towards];
  const seen = new Float32Array(points.length);
  for (let i = 0; i < points.length; i += 3) {
    const point = [points[i], points[i + 1], points[i + 2]];
    axes.forEach((axis, a) => {
      seen[i + a] = dot(point, axis);
    });
  }
  return seen;
}

const unit = (v) => v.map((value) => value / Math.hypot(...v));

const depthOf = (scene, flat, t) => [0, 1, 2].reduce((sum, c) => sum + flat[3 * scene.index[3 * t + c] + 2], 0);

function colourOf(scene, { view, opened, step, scale }, t) {
  const value =
    view.on === 'triangles'
      ? opened.at(step, t)
      : [0, 1, 2].reduce((sum, c) => sum + opened.at(step, scene.index[3 * t + c]) / 3, 0);
  return colourAt(scale.map, (value - scale.low) / (scale.high - scale.low));
}

const edgeKey = (a, b) => (a < b ? `${a} ${b}` : `${b} ${a}`);

/** Edges of elements by the vertices at their ends, other than the diagonals between triangles. */
function edgesOf({ edges }) {
  const keys = new Set();
  for (let e = 0; e < edges.length; e += 2) keys.add(edgeKey(edges[e], edges[e + 1]));
  return keys;
}

const corners = ({ index }, flat, t) =>
  [0, 1, 2].map((c) => index[3 * t + c]).map((vertex) => ({ vertex, at: [flat[3 * vertex], flat[3 * vertex + 1]] }));

function paintTriangle(context, ends, colour, edges) {
  context.beginPath();
  for (const { at } of ends) context.lineTo(...at);
  context.closePath();
  context.fillStyle = context.strokeStyle = colour;
  context.fill();
  context.stroke(); // or the background would show between neighbours
  context.strokeStyle = 'rgb(0 0 0 / 0.28)';
  context.beginPath();
  ends.forEach((a, i) => {
    const b = ends[(i + 1) % 3];
    if (!edges.has(edgeKey(a.vertex, b.vertex))) return;
    context.moveTo(...a.at);
    context.lineTo(...b.at);
  });
  context.stroke();
}
