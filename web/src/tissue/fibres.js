// Fibre directions as short lines that go with the tissue: their ends follow the vertices of their layer around them.

import { sizeOf } from './scene.js';

const AT_MOST = 3000,
  NEIGHBOURS = 6;

/** {ends [2M][3] before loading, follow [2M][NEIGHBOURS] vertices, weight likewise, reach} of a family. */
export function anchor(scene, vertices, points, directions) {
  const every = Math.max(1, Math.ceil(points.length / 3 / AT_MOST)),
    near = grid(scene.positions, vertices);
  const half = near.spacing * 0.42,
    ends = [],
    follow = [],
    weight = [];
  let reach = 0;
  for (let i = 0; i < points.length / 3; i += every) {
    for (const side of [-half, half]) {
      const end = [0, 1, 2].map((a) => points[3 * i + a] + side * directions[3 * i + a]);
      const found = near.find(end);
      const weights = found.map(({ square }) => 1 / (square + 1e-12));
      const sum = weights.reduce((a, b) => a + b, 0);
      reach = Math.max(reach, Math.sqrt(found[0].square));
      ends.push(...end);
      for (let k = 0; k < NEIGHBOURS; k++) {
        follow.push(found[k % found.length].vertex);
        weight.push(k < found.length ? weights[k] / sum : 0);
      }
    }
  }
  return { ends, follow, weight, reach };
}

/** Where the ends are when the layer's vertices are at `points`; `out` [2M][3]. */
export function follow(scene, anchored, points, out) {
  for (let e = 0; e < anchored.ends.length / 3; e++) {
    for (let a = 0; a < 3; a++) {
      let shift = 0;
      for (let k = e * NEIGHBOURS; k < (e + 1) * NEIGHBOURS; k++) {
        const i = 3 * anchored.follow[k] + a;
        shift += anchored.weight[k] * (points[i] - scene.positions[i]);
      }
      out[3 * e + a] = anchored.ends[3 * e + a] + shift;
    }
  }
}

/** Finds the nearest vertices by cells about as large as the space between them. */
function grid(positions, vertices) {
  const corners = vertices.flatMap((v) => [positions[3 * v], positions[3 * v + 1], positions[3 * v + 2]]);
  const { extent } = sizeOf(corners),
    sides = [...extent].sort((a, b) => b - a);
  const spacing = Math.sqrt((2 * (sides[0] * sides[1] + 1e-12)) / vertices.length) || 1,
    cells = new Map();
  const cell = (value) => Math.floor(value / (1.5 * spacing));
  for (const v of vertices) {
    const key = [0, 1, 2].map((a) => cell(positions[3 * v + a])).join();
    cells.has(key) ? cells.get(key).push(v) : cells.set(key, [v]);
  }
  return { spacing, find: (point) => nearest(positions, cells, cell, point, vertices) };
}

function nearest(positions, cells, cell, point, vertices) {
  const [x, y, z] = point.map(cell),
    near = [];
  for (let i = -1; i <= 1; i++) {
    for (let j = -1; j <= 1; j++) {
      for (let k = -1; k <= 1; k++) near.push(...(cells.get([x + i, y + j, z + k].join()) ?? []));
    }
  }
  const from = near.length ? near : vertices;
  return from
    .map((vertex) => ({ vertex, square: point.reduce((s, p, a) => s + (p - positions[3 * vertex + a]) ** 2, 0) }))
    .sort((a, b) => a.square - b.square)
    .slice(0, NEIGHBOURS);
}
