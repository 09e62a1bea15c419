// Bundles the report's page into one HTML file. Usage: node build.mjs MODULES OUT
// MODULES is the node_modules folder with what package-lock.json names.

import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const [modules, out] = process.argv.slice(2).map((path) => resolve(path));
const here = dirname(fileURLToPath(import.meta.url));
const esbuild = createRequire(join(modules, 'x'))('esbuild');
const MARKER = '<!--striffin-data-->';

async function bundle() {
  const built = await esbuild.build({
    entryPoints: [join(here, 'src/main.js')],
    nodePaths: [modules],
    outdir: dirname(out),
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    target: 'es2022',
    charset: 'utf8',
    legalComments: 'inline',
    logLevel: 'warning',
  });
  const text = (end) => built.outputFiles.find((file) => file.path.endsWith(end)).text;
  return { script: text('.js').trim(), style: text('.css').trim() };
}

/** Nothing may be loaded from anywhere, and no script may run but the page's own. */
function policy(script) {
  const own = createHash('sha256').update(script).digest('base64');
  const rules =
    `default-src 'none'; script-src 'sha256-${own}'; style-src 'unsafe-inline'; img-src data: blob:; ` +
    "base-uri 'none'; form-action 'none'";
  return `<meta http-equiv="Content-Security-Policy" content="${rules}">`;
}

/** What three and uPlot ask to stand in every copy. */
function licences() {
  const text = (name) => readFileSync(join(modules, name, 'LICENSE'), 'utf8').trim().replaceAll('--', '- -');
  return `<!--\nThis page holds three and uPlot.\n\nthree: ${text('three')}\n\nuPlot: ${text('uplot')}\n-->`;
}

function put(page, marker, text) {
  if (page.split(marker).length !== 2) throw new Error(`${marker} must stand in index.html once`);
  return page.replace(marker, () => text);
}

const { script, style } = await bundle();
if (/<!--|<\/?script/i.test(script) || /<\/style/i.test(style)) throw new Error('the bundle would end its own element');
let page = readFileSync(join(here, 'src/index.html'), 'utf8');
page = put(page, '<!--licences-->', licences());
page = put(page, '<!--policy-->', policy(script));
page = put(page, '<!--style-->', `<style>${style}</style>`);
page = put(page, '<!--script-->', `<script>${script}</script>`);
if (page.split(`\n${MARKER}\n`).length !== 2)
  throw new Error(`${MARKER} must stand in the page once, on a line of its own`);
writeFileSync(out, page);
