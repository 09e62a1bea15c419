// Reads the fields of a run, without the program's own code.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';

const ARRAYS = {
  Float32: Float32Array,
  Float64: Float64Array,
  Int32: Int32Array,
  Int64: BigInt64Array,
  UInt8: Uint8Array,
};

/** [{time, path}] of a run on one process. */
export const frames = (folder) =>
  [...readFileSync(join(folder, 'fields.pvd'), 'utf8').matchAll(/timestep="([^"]*)" part="0" file="([^"]*)"/g)].map(
    ([, time, file]) => ({ time: Number(time), path: join(folder, file) }),
  );

/** {Points, connectivity, offsets, types, and every field by its name}, each {values, components}. */
export function readVtu(path) {
  const bytes = readFileSync(path),
    opening = '<AppendedData encoding="raw">\n_';
  const start = bytes.indexOf(opening) + opening.length,
    found = {};
  const tags = bytes
    .toString('latin1', 0, start)
    .matchAll(/<DataArray type="(\w+)" Name="([^"]*)"(?: NumberOfComponents="(\d+)")?.*?offset="(\d+)"/g);
  for (const [, type, name, components, offset] of tags) {
    const data = unpacked(bytes, start + Number(offset));
    const values = new ARRAYS[type](data.buffer, data.byteOffset, data.length / ARRAYS[type].BYTES_PER_ELEMENT);
    found[name] = { values, components: Number(components ?? 1) };
  }
  return found;
}

/** Blocks behind their sizes, as VTK's compressor lays them down; a copy, so that numbers lie where they may. */
function unpacked(bytes, at) {
  const size = (i) => Number(bytes.readBigUInt64LE(at + 8 * i)),
    blocks = size(0),
    parts = [];
  let from = at + 24 + 8 * blocks;
  for (let i = 0; i < blocks; from += size(3 + i++)) parts.push(inflateSync(bytes.subarray(from, from + size(3 + i))));
  return new Uint8Array(Buffer.concat(parts));
}
