// Which triangle a line of sight meets first (Möller and Trumbore 1997), and where in it.

/**
 * `parts`: [{triangles, offset [3]}] of what is seen; `points` [N][3]; `origin` and `along` of the line.
 * {triangle, weights [3] of its corners, layer, distance}, or null.
 */
export function pick(parts, index, points, origin, along) {
  let nearest = null;
  parts.forEach(({ triangles, offset, layer }) => {
    const from = origin.map((value, a) => value - offset[a]);
    for (const triangle of triangles) {
      const hit = meet(corners(index, points, triangle), from, along);
      if (hit && (!nearest || hit.distance < nearest.distance)) nearest = { ...hit, triangle, layer };
    }
  });
  return nearest;
}

const corners = (index, points, triangle) =>
  [0, 1, 2].map((c) => {
    const v = 3 * index[3 * triangle + c];
    return [points[v], points[v + 1], points[v + 2]];
  });

function meet([a, b, c], origin, along) {
  const ab = minus(b, a),
    ac = minus(c, a),
    p = cross(along, ac),
    det = dot(ab, p);
  if (Math.abs(det) < 1e-30) return null;
  const s = minus(origin, a),
    u = dot(s, p) / det;
  if (u < 0 || u > 1) return null;
  const q = cross(s, ab),
    v = dot(along, q) / det;
  if (v < 0 || u + v > 1) return null;
  const distance = dot(ac, q) / det;
  return distance > 0 ? { weights: [1 - u - v, u, v], distance } : null;
}

/** The place in a triangle as a point. */
export function pointOf(index, points, { triangle, weights }) {
  const [a, b, c] = corners(index, points, triangle);
  return a.map((value, i) => weights[0] * value + weights[1] * b[i] + weights[2] * c[i]);
}

export const minus = (a, b) => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
export const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
export const cross = (a, b) => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
