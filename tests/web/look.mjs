// Pictures of a report for people to look at: light and dark, wide and narrow, and on paper.
// Usage: node look.mjs MODULES REPORT FOLDER

import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { launch, open, settled } from './browser.mjs';

const [modules, report, folder] = process.argv.slice(2).map((path) => resolve(path));
mkdirSync(folder, { recursive: true });
const browser = await launch(modules);
const { page, faults } = await open(browser, report, { wait: null });
await page.waitForTimeout(500);
for (const [name, width, height] of [
  ['wide', 1280, 900],
  ['narrow', 390, 844],
]) {
  await page.setViewportSize({ width, height });
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    await settled(page);
    await page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`), fullPage: true });
  }
}
await page.setViewportSize({ width: 1280, height: 900 });
await page.emulateMedia({ colorScheme: 'light' });
await page.pdf({ path: join(folder, 'paper.pdf'), format: 'A4' });
for (const fault of faults) console.error(fault);
await browser.close();
