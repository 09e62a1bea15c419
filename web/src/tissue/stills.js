// Still pictures where there is no 3-D: triangles seen from afar, painted from the farthest to the nearest.

import { colourAt, css } from '../colour.js';
import { cross, dot } from './pick.js';
import { moved, sizeOf } from './scene.js';
import { START } from './view.js';

const WIDTH = 1200,
  HEIGHT = 800;

/** Paints one step into a canvas. */
export function paint(canvas, scene, look) {
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  const flat = projected(scene, moved(scene, look.step, look.times), canvas),
    context = canvas.getContext('2d');
  const seen = scene.layers.flatMap((layer, i) => (look.hidden.has(i) ? [] : layer.triangles));
  const depth = new Map(seen.map((t) => [t, depthOf(scene, flat, t)]));
  seen.sort((a, b) => depth.get(a) - depth.get(b));
  for (const t of seen) fillTriangle(context, scene, flat, t, css(colourOf(scene, look, t)));
}

/** Points in pixels from the top left, and how near they are [N][3]. */
function projected(scene, points, canvas) {
  const towards = unit(START),
    right = unit(cross([0, 0, 1], towards)),
    up = cross(towards, right);
  const { centre, radius } = sizeOf([...scene.positions, ...points]),
    zoom = (0.46 * Math.min(canvas.width, canvas.height)) / radius;
  const flat = new Float32Array(points.length);
  for (let i = 0; i < points.length; i += 3) {
    const from = [0, 1, 2].map((a) => points[i + a] - centre[a]);
    flat[i] = canvas.width / 2 + zoom * dot(from, right);
    flat[i + 1] = canvas.height / 2 - zoom * dot(from, up);
    flat[i + 2] = dot(from, towards);
  }
  return flat;
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

function fillTriangle(context, scene, flat, t, colour) {
  context.beginPath();
  for (let c = 0; c < 3; c++) context.lineTo(flat[3 * scene.index[3 * t + c]], flat[3 * scene.index[3 * t + c] + 1]);
  context.closePath();
  context.fillStyle = context.strokeStyle = colour;
  context.fill();
  context.stroke(); // or the background would show between neighbours
}
