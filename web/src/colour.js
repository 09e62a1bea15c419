// Colour maps, made in Oklab so that equal steps of the value are equal steps of lightness: even to the eye, and
// readable by those who tell fewer hues apart, or in grey.

const ENTRIES = 256;

const gamma = (part) => (part <= 0.0031308 ? 12.92 * part : 1.055 * part ** (1 / 2.4) - 0.055);

/** One sign: dark violet over green to bright yellow. */
export const sequential = table((t) => [0.27 + 0.66 * t, 0.135, 295 - 190 * t]);

/** Both signs: blue, near white at zero, orange. */
export const diverging = table((t) => {
  const away = Math.abs(2 * t - 1);
  return [0.965 - 0.45 * away, 0.16 * away, t < 0.5 ? 252 : 48];
});

/** No value here. */
export const NONE = [150, 150, 150];

/** The table of 256 colours [ENTRIES][4], 0 to 255, of a function from 0..1 to lightness, chroma and hue [deg]. */
function table(colour) {
  const out = new Uint8Array(4 * ENTRIES);
  for (let i = 0; i < ENTRIES; i++) {
    out.set([...fitted(...colour(i / (ENTRIES - 1))), 255], 4 * i);
  }
  return out;
}

/** The colour with as much of the chroma as a screen can show. */
function fitted(lightness, chroma, hue) {
  let low = 0,
    high = chroma;
  const inside = (c) => linear(lightness, c, hue).every((part) => part >= 0 && part <= 1);
  if (!inside(high)) {
    for (let i = 0; i < 20; i++) inside((low + high) / 2) ? (low = (low + high) / 2) : (high = (low + high) / 2);
  } else low = high;
  return linear(lightness, low, hue).map((part) => Math.round(255 * gamma(part)));
}

/** Oklab (Ottosson 2020) to linear sRGB. */
function linear(lightness, chroma, hue) {
  const a = chroma * Math.cos((hue * Math.PI) / 180),
    b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
}

/** The colour at t, 0 to 1, between two entries of a table in proportion. */
export function colourAt(map, t) {
  if (!Number.isFinite(t)) return NONE;
  const place = Math.min(Math.max(t, 0), 1) * (ENTRIES - 1);
  const i = Math.min(Math.floor(place), ENTRIES - 2),
    part = place - i;
  return [0, 1, 2].map((c) => Math.round(map[4 * i + c] * (1 - part) + map[4 * i + 4 + c] * part));
}

export const css = ([r, g, b]) => `rgb(${r} ${g} ${b})`;

const SLIGHT = 0.01;

/**
 * The map for values from low to high, and the ends of its bar; of both signs it is centred at zero, unless one is so
 * slight beside the other that half of the colours would be lost on it.
 */
export function scaleOf(low, high) {
  const end = Math.max(-low, high);
  if (Math.min(-low, high) > SLIGHT * end) {
    return { map: diverging, low: -end, high: end };
  }
  const spread = low === high ? Math.abs(low) / 2 || 1 : 0;
  return { map: sequential, low: low - spread, high: high + spread };
}

/** The map as a CSS gradient from left to right. */
export function gradient(map) {
  const stops = Array.from({ length: 33 }, (_, i) => css(colourAt(map, i / 32)));
  return `linear-gradient(to right, ${stops.join(', ')})`;
}
