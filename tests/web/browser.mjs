// Chromium as the tests drive it, and what it shows as pixels.

import { createRequire } from 'node:module';
import { mkdtempSync, rmSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { inflateSync } from 'node:zlib';

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--use-gl=angle',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
];

export function findChromium() {
  const folders = process.env.PATH.split(delimiter);
  return (
    ['chromium', 'chromium-browser', 'google-chrome']
      .flatMap((name) => folders.map((folder) => join(folder, name)))
      .find(existsSync) ?? null
  );
}

/** A browser of its own profile: {page(options), close()}; `modules` is the folder with playwright-core. */
export async function launch(modules, flags = [], size = { width: 1280, height: 900 }) {
  const { chromium } = createRequire(join(modules, 'x'))('playwright-core');
  const folder = mkdtempSync(join(tmpdir(), 'striffin-browser-'));
  const context = await chromium.launchPersistentContext(folder, {
    executablePath: findChromium(),
    args: [...FLAGS, ...flags],
    viewport: size,
    chromiumSandbox: false,
  });
  const close = async () => {
    await context.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  return { context, close };
}

/** Opens a file and waits for the picture. `faults` gathers what goes wrong, `requests` what is asked for. */
export async function open(browser, path, { wait = '.picture canvas, .still canvas' } = {}) {
  const page = await browser.context.newPage(),
    faults = [],
    requests = [];
  page.on('console', (message) => faults.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(`file://${path}`);
  if (wait) await page.waitForSelector(wait);
  await settled(page);
  return { page, faults, requests };
}

/** Two pictures later, whatever was asked for is drawn. */
export const settled = (page) =>
  page.evaluate(
    () =>
      new Promise((done) => {
        requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 20)));
      }),
  );

/** colour(x, y) of a PNG with 8 bits for each of 3 or 4 channels, not interlaced, as browsers write it. */
export function pixels(png) {
  let at = 8,
    width = 0,
    channels = 0;
  const parts = [];
  while (at < png.length) {
    const length = png.readUInt32BE(at),
      kind = png.toString('latin1', at + 4, at + 8),
      data = png.subarray(at + 8, at + 8 + length);
    if (kind === 'IHDR') {
      width = data.readUInt32BE(0);
      channels = data[9] === 6 ? 4 : 3;
    }
    if (kind === 'IDAT') parts.push(data);
    at += length + 12;
  }
  const rows = unfiltered(inflateSync(Buffer.concat(parts)), width * channels, channels);
  return (x, y) => [0, 1, 2].map((c) => rows[y * width * channels + x * channels + c]);
}

function unfiltered(bytes, stride, channels) {
  const height = bytes.length / (stride + 1),
    out = Buffer.alloc(height * stride);
  for (let y = 0; y < height; y++) {
    const filter = bytes[y * (stride + 1)];
    for (let x = 0; x < stride; x++) {
      const left = x >= channels ? out[y * stride + x - channels] : 0,
        up = y ? out[(y - 1) * stride + x] : 0;
      const corner = y && x >= channels ? out[(y - 1) * stride + x - channels] : 0;
      out[y * stride + x] =
        bytes[y * (stride + 1) + 1 + x] + [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter];
    }
  }
  return out;
}

function paeth(left, up, corner) {
  const guess = left + up - corner,
    far = [left, up, corner].map((value) => Math.abs(guess - value));
  return far[0] <= far[1] && far[0] <= far[2] ? left : far[1] <= far[2] ? up : corner;
}
