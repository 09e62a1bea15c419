const RAISED = { '-': '⁻', 0: '⁰', 1: '¹', 2: '²', 3: '³', 4: '⁴', 5: '⁵', 6: '⁶', 7: '⁷', 8: '⁸', 9: '⁹' };

/** A number as a person reads it: `digits` significant ones, no trailing zeros, powers of ten where they are due. */
export function shown(value, digits = 4) {
  if (value == null || !Number.isFinite(value)) return '–';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-4) {
    const [mantissa, power] = value.toExponential(digits - 1).split('e');
    const raised = [...String(Number(power))].map((letter) => RAISED[letter]).join('');
    return `${minus(String(Number(mantissa)))} × 10${raised}`;
  }
  return minus(String(Number(value.toPrecision(digits))));
}

const minus = (text) => text.replace('-', '−');

/** "N/mm^2" as "N/mm²". */
export const powers = (unit) =>
  unit.replace(/\^(-?\d+)/g, (_, power) => [...power].map((digit) => RAISED[digit]).join(''));

/** "failure_strain" as "failure strain". */
export const spaced = (name) => name.replaceAll('_', ' ');

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

export function duration(seconds) {
  if (seconds < 1) return `${shown(seconds * 1000, 3)} ms`;
  return seconds < 120 ? `${shown(seconds, 3)} s` : `${shown(seconds / 60, 3)} min`;
}

export const signed = (value, digits = 2) => (value > 0 ? '+' : '') + shown(value, digits);
