const RAISED = { '-': '⁻', 0: '⁰', 1: '¹', 2: '²', 3: '³', 4: '⁴', 5: '⁵', 6: '⁶', 7: '⁷', 8: '⁸', 9: '⁹' };

const raised = (power) => [...String(power)].map((letter) => RAISED[letter]).join('');

/** A number as a person reads it: `digits` significant ones, no trailing zeros, powers of ten where they are due. */
export function shown(value, digits = 4) {
  if (value == null || !Number.isFinite(value)) return '–';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-4) {
    const [mantissa, power] = value.toExponential(digits - 1).split('e');
    return `${minus(String(Number(mantissa)))} × 10${raised(Number(power))}`;
  }
  return minus(String(Number(value.toPrecision(digits))));
}

const minus = (text) => text.replace('-', '−');

/** "N/mm^2" as "N/mm²". */
export const powers = (unit) => unit.replace(/\^(-?\d+)/g, (_, power) => raised(power));

/** A value as a file has it, "6.67e-9 1/s", as "6.67 × 10⁻⁹ 1/s". */
export const written = (text) =>
  powers(text).replace(/(\d)e\+?(-?)0*(\d+)/gi, (_, digit, sign, power) => `${digit} × 10${raised(sign + power)}`);

/** A sentence whose lines break between words, but not before a unit. */
export const sentence = (text) => written(text).replace(/(\d) (?=[%A-Za-zµ°])/g, '$1\u00a0');

/** "failure_strain" as "failure strain". */
export const spaced = (name) => name.replaceAll('_', ' ');

/** With a capital. */
export const headed = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** With its unit; a plain number has none. */
export const withUnit = (value, unit, digits = 4) =>
  value == null || !Number.isFinite(value) || !unit || unit === '1'
    ? shown(value, digits)
    : `${shown(value, digits)} ${powers(unit)}`;

/** "name [unit]" as it stands on an axis. */
export const named = (name, unit) => (!unit || unit === '1' ? name : `${name} [${powers(unit)}]`);

/** `name` without the unit that stands in brackets at its end, and that unit. */
export function parted(name, unit) {
  const match = /^(.*\S)\s*\[([^\]]*)\]$/.exec(name);
  return match ? { name: match[1], unit: unit || match[2] } : { name, unit };
}

const SMALLER = {
  MPa: [
    { unit: 'kPa', factor: 1e3 },
    { unit: 'Pa', factor: 1e6 },
  ],
};

/** The unit in which values up to `size` are read best, and how many of it make one of the given unit. */
export function fitting(unit, size) {
  const given = { unit, factor: 1 };
  if (!(size > 0 && size < 0.1)) return given;
  const smaller = SMALLER[unit] ?? [given];
  return smaller.find(({ factor }) => size * factor >= 0.1) ?? smaller.at(-1);
}

/** `count` values from low to high, told apart by their digits; `power` of ten taken out of all. */
export function ticks(low, high, count) {
  const size = Math.max(Math.abs(low), Math.abs(high)),
    far = size > 0 && (size >= 1e5 || size < 1e-2),
    power = far ? Math.floor(Math.log10(size)) : 0,
    step = (high - low) / (count - 1) / 10 ** power;
  const digits = step > 0 ? Math.min(Math.max(1 - Math.floor(Math.log10(step)), 0), 15) : 0;
  const texts = Array.from({ length: count }, (_, i) =>
    minus(String(Number((low / 10 ** power + i * step).toFixed(digits)) || 0)),
  );
  return { texts, power: power ? ` × 10${raised(power)}` : '' };
}

export function duration(seconds) {
  if (seconds < 1) return `${shown(seconds * 1000, 3)} ms`;
  return seconds < 120 ? `${shown(seconds, 3)} s` : `${shown(seconds / 60, 3)} min`;
}

export const signed = (value, digits = 2) => (value > 0 ? '+' : '') + shown(value, digits);
