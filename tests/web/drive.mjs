// What a person does on the page, and the colour that is due to a value.

import { colourAt, diverging, sequential } from '../../web/src/colour.js';
import { pixels, settled } from './browser.mjs';

/** Errors alone: a driver without a graphics card warns that reading pixels is slow. */
export const errors = (faults) => faults.filter((fault) => !/^warning: .*GL Driver Message/.test(fault));

export const choose = async (page, number) => {
  await page.locator('[data-what="field"]').selectOption({ index: number });
  await settled(page);
};

export async function goTo(page, step) {
  await page.locator('.time input').evaluate((input, value) => {
    input.value = value;
    input.dispatchEvent(new Event('input'));
  }, step);
  await settled(page);
}

/**
 * Clicks at a share of the picture's width and height: {colour of the pixel, whether it is even: that of all pixels
 * around, triangle, weights, text}.
 */
export async function clicked(page, [x, y]) {
  const canvas = page.locator('.picture canvas'),
    box = await canvas.boundingBox();
  const at = [Math.round(x * box.width), Math.round(y * box.height)];
  await page.evaluate(() => {
    document.querySelector('.ring').style.visibility = 'hidden';
  });
  const seen = pixels(await canvas.screenshot()),
    colour = seen(...at);
  const around = [-2, 0, 2].flatMap((x) => [-2, 0, 2].map((y) => seen(at[0] + x, at[1] + y)));
  await canvas.click({ position: { x: at[0], y: at[1] } });
  await settled(page);
  const readout = page.locator('#tissue .readout').first();
  const data = await readout.evaluate((node) => ({ ...node.dataset }));
  return {
    colour,
    even: around.every((other) => String(other) === String(colour)),
    triangle: Number(data.triangle),
    weights: data.weights?.split(' ').map(Number),
    text: await readout.textContent(),
  };
}

export async function plain(page) {
  await page.getByLabel('Element edges').uncheck();
  await settled(page);
}

/** The colour of a value in a field from `low` to `high` over all steps. */
export function colourOf({ low, high }, value) {
  const signs = low < -0.01 * high && high > -0.01 * low,
    end = Math.max(-low, high),
    same = low === high ? Math.abs(low) / 2 || 1 : 0;
  const [from, to] = signs ? [-end, end] : [low - same, high + same];
  return colourAt(signs ? diverging : sequential, (value - from) / (to - from));
}
