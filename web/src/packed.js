// Blocks of numbers packed into the page: base64 of a zlib stream; bytes shuffled (all first bytes, then all second
// bytes, ...), and integers as differences, which is what makes them small.

const SIZE = { float32: 4, uint32: 4, uint8: 1, q16: 2 };

/** The numbers of a block, as a typed array; of q16 the whole [steps][count] of unsigned 16-bit numbers. */
export async function unpack(block) {
  const bytes = await inflate(fromBase64(textOf(block.id)));
  const total = block.count * (block.type === 'q16' ? block.steps : 1);
  if (bytes.length !== total * SIZE[block.type]) {
    throw new Error(`the block ${block.id} holds ${bytes.length} bytes, not ${total * SIZE[block.type]}`);
  }
  if (block.type === 'uint8') return bytes;
  if (block.type === 'q16') return summed16(bytes, block.count, total);
  const words = unshuffled(bytes, total);
  return block.type === 'uint32' ? summed(words) : new Float32Array(words.buffer);
}

function textOf(id) {
  const found = document.querySelector(`script[type="application/octet-stream"][id="${CSS.escape(id)}"]`);
  if (!found) throw new Error(`the block ${id} is missing`);
  return found.textContent;
}

function fromBase64(text) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const binary = atob(text.trim());
  return Uint8Array.from({ length: binary.length }, (_, i) => binary.charCodeAt(i));
}

async function inflate(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function unshuffled(bytes, total) {
  const words = new Uint32Array(total);
  for (let i = 0; i < total; i++) {
    words[i] = bytes[i] | (bytes[total + i] << 8) | (bytes[2 * total + i] << 16) | (bytes[3 * total + i] << 24);
  }
  return words;
}

function summed(words) {
  for (let i = 1; i < words.length; i++) words[i] += words[i - 1];
  return words;
}

/** Step 0 holds differences to the entry before, every other step those to the step before. */
function summed16(bytes, count, total) {
  const out = new Uint16Array(total);
  for (let i = 0; i < total; i++) out[i] = bytes[i] | (bytes[total + i] << 8);
  for (let i = 1; i < count; i++) out[i] += out[i - 1];
  for (let i = count; i < total; i++) out[i] += out[i - count];
  return out;
}
