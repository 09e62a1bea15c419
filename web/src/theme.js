// Light and dark: as the system says until the button is pressed; paper is always light.

import { el } from './dom.js';

const system = window.matchMedia('(prefers-color-scheme: dark)');
const paper = window.matchMedia('print');
let chosen = null;

const dark = () => !paper.matches && (chosen ?? system.matches);

export function themeButton(changed) {
  const button = el('button', {
    type: 'button',
    class: 'quiet theme',
    onclick: () => {
      chosen = !dark();
      apply();
    },
  });
  const apply = () => {
    document.documentElement.dataset.theme = dark() ? 'dark' : 'light';
    button.textContent = dark() ? 'Light' : 'Dark';
    button.setAttribute('aria-label', dark() ? 'Show on a light background' : 'Show on a dark background');
    changed();
  };
  system.addEventListener('change', apply);
  paper.addEventListener('change', apply);
  apply();
  return button;
}
