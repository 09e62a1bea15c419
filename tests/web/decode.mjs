// Reads a report back without the page's own code, so that the two can disagree.

import { inflateSync } from 'node:zlib';

export function readReport(html) {
  const element = (id) => {
    const start = html.indexOf('>', html.indexOf(`id="${id}"`)) + 1;
    return html.slice(start, html.indexOf('</script>', start));
  };
  return {
    meta: JSON.parse(element('striffin-report')),
    raw: (block) => inflateSync(Buffer.from(element(block.id), 'base64')),
  };
}

/** Corners [T][3] of the triangles. */
export function triangles({ raw }, scene) {
  const bytes = raw(scene.index),
    { count } = scene.index,
    out = [];
  for (let i = 0, before = 0; i < count; i++) {
    const difference =
      bytes[i] + 256 * bytes[count + i] + 65536 * bytes[2 * count + i] + 16777216 * bytes[3 * count + i];
    before = (before + difference) % 4294967296;
    if (i % 3 === 0) out.push([]);
    out.at(-1).push(before);
  }
  return out;
}

export const layers = ({ raw }, scene) => [...raw(scene.vertex_layer)];

/** value(step, number) of a field; NaN where there is none. */
export function field({ raw }, { block, low, high, none }) {
  const bytes = raw(block),
    total = block.count * block.steps,
    q = [];
  for (let i = 0; i < total; i++) {
    const before = i >= block.count ? q[i - block.count] : i > 0 ? q[i - 1] : 0;
    q.push((before + bytes[i] + 256 * bytes[total + i]) % 65536);
  }
  const most = none === undefined ? 65535 : 65534;
  return (step, number) => {
    const found = q[(block.steps === 1 ? 0 : step) * block.count + number];
    return found === none ? NaN : low + (found * (high - low)) / most;
  };
}
