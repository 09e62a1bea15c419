// Elements without innerHTML: whatever a name holds, it is shown as text.

/** Attributes that are functions listen (`onclick`), true and false set or leave out, null leaves out. */
export function el(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, '');
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.flat(Infinity).filter((child) => child != null));
  return node;
}

/** Text of the run, kept apart from what stands around it, whichever way it is written. */
export const own = (text) => el('bdi', {}, text ?? '');

let ids = 0;
/** A name for an element that nothing else in the page has. */
export const freshId = (what) => `page-${what}-${++ids}`;

/** A labelled control; `control` gets an id if it has none. */
export function labelled(text, control, shown = null) {
  control.id ||= freshId('control');
  return el('div', { class: 'control' }, el('label', { for: control.id }, text, shown), control);
}

export function checkbox(text, checked, change, note = null) {
  const box = el('input', { type: 'checkbox', checked, onchange: () => change(box.checked) });
  return el('label', { class: 'check' }, box, el('span', {}, text, note));
}

export function select(choices, change) {
  const list = el(
    'select',
    { onchange: () => change(list.selectedIndex) },
    choices.map((text) => el('option', {}, text)),
  );
  return list;
}

export function slider({ min, max, step, value }, change) {
  const input = el('input', { type: 'range', min, max, step, value, oninput: () => change(Number(input.value)) });
  return input;
}

export const section = (id, title, ...children) =>
  el('section', { id, 'aria-labelledby': `${id}-title` }, el('h2', { id: `${id}-title` }, title), children);
