/**
 * What the page can do with script beyond what it can without: open and close everything, find an event by number or by the
 * beginning of its id, open what a link leads to. Without it every stage still opens by itself.
 */
export const SCRIPT = `
'use strict';
const all = (selector) => [...document.querySelectorAll(selector)];
document.documentElement.classList.add('scripted');
const reveal = (element) => {
  for (let at = element; at; at = at.parentElement) if (at.tagName === 'DETAILS') at.open = true;
  element.scrollIntoView();
};
const followHash = () => {
  const target = document.getElementById(location.hash.slice(1));
  if (target) reveal(target);
};
addEventListener('hashchange', followHash);
followHash();
document.getElementById('open-all').addEventListener('click', () => { for (const d of all('details')) d.open = true; });
document.getElementById('close-all').addEventListener('click', () => { for (const d of all('details')) d.open = false; });
const status = document.getElementById('found');
document.getElementById('find').addEventListener('submit', (submitted) => {
  submitted.preventDefault();
  const wanted = document.getElementById('wanted').value.trim().toLowerCase();
  if (wanted === '') return;
  const found = document.getElementById('event-' + wanted) ??
    all('[data-event]').find((code) => code.textContent.startsWith(wanted))?.closest('details');
  status.textContent = found ? '' : 'no event on this page begins so';
  if (!found) return;
  reveal(found);
  found.querySelector('summary').focus();
});
`;
