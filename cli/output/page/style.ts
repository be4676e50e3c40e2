/** How the page looks: one column, system fonts, both colour schemes, and paper. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #fdfdfb; --ink: #1d232a; --soft: #59636e; --line: #d5d9dd; --panel: #f4f5f3; --accent: #0b5c7d;
  --good: #1d6b3c; --good-bg: #e3f2e8; --warn: #805400; --warn-bg: #fbf0d5; --bad: #a3231c; --bad-bg: #fbe6e4;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14181c; --ink: #e4e7ea; --soft: #a0a9b3; --line: #363e47; --panel: #1c2228; --accent: #7cc4e4;
    --good: #86d3a2; --good-bg: #17331f; --warn: #ecc26c; --warn-bg: #3a2d10; --bad: #ff9d94; --bad-bg: #451c19;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body {
  margin: 0 auto; max-width: 60rem; padding: 2.5rem 1.5rem 5rem; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif;
  font-variant-numeric: tabular-nums; overflow-wrap: break-word;
}
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0.1rem 0 0.3rem; font-weight: 650; letter-spacing: -0.01em; }
h2 { font-size: 1.25rem; margin: 3rem 0 0.7rem; padding-bottom: 0.3rem; border-bottom: 1px solid var(--line); }
h3 { display: inline; font-size: 1.02rem; margin: 0; }
h4 { font-size: 0.9rem; margin: 0.9rem 0 0.4rem; }
p { margin: 0.5rem 0; max-width: 46rem; }
a { color: var(--accent); text-underline-offset: 0.15em; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
code, pre { font-family: ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, Consolas, monospace; font-size: 0.86em; }
.hash { overflow-wrap: anywhere; color: var(--soft); }
.eyebrow { color: var(--soft); font-size: 0.85rem; margin: 0; }
.where { color: var(--soft); margin-top: 0; }
.where b { color: var(--ink); font-weight: 600; }
.value { font-size: 3.1rem; font-weight: 650; line-height: 1.1; margin: 1.3rem 0 0.3rem; letter-spacing: -0.02em; }
.value.without { color: var(--warn); font-size: 2.2rem; }
.unit { font-weight: 400; color: var(--soft); }
.uncertainty { margin: 0.2rem 0; }
.note { border-left: 3px solid var(--warn); background: var(--warn-bg); padding: 0.45rem 0.8rem; border-radius: 0 4px 4px 0; }
.fine, .more { color: var(--soft); font-size: 0.86rem; }
.standing { display: flex; flex-wrap: wrap; gap: 0.4rem 1.6rem; list-style: none; margin: 1.3rem 0; padding: 0.7rem 0;
  border: solid var(--line); border-width: 1px 0; font-size: 0.93rem; }
.published { border: 1px dashed var(--soft); border-radius: 8px; padding: 0.2rem 1.2rem 1rem; margin: 2rem 0; }
.published h2 { margin: 0.8rem 0 0.3rem; border: 0; padding: 0; font-size: 1.05rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.88rem; margin: 0.6rem 0; width: 100%; }
caption { text-align: left; color: var(--soft); padding-bottom: 0.2rem; }
th, td { text-align: left; vertical-align: top; padding: 0.4rem 1rem 0.4rem 0; border-bottom: 1px solid var(--line); }
td code.hash { display: inline-block; min-width: 16rem; }
thead th { color: var(--soft); font-weight: 500; }
tbody th { font-weight: 600; }
td p { margin: 0 0 0.3rem; }
.badge { display: inline-block; padding: 0 0.5em; border-radius: 1em; font-size: 0.8rem; font-weight: 600; white-space: nowrap;
  background: var(--panel); color: var(--soft); border: 1px solid currentColor; line-height: 1.5; }
.badge.good { color: var(--good); background: var(--good-bg); }
.badge.warn { color: var(--warn); background: var(--warn-bg); }
.badge.bad { color: var(--bad); background: var(--bad-bg); }
.map { display: block; width: 100%; height: auto; margin: 1.2rem 0 1.6rem; }
.map rect { fill: var(--panel); stroke: var(--line); stroke-width: 1.2; }
.map text { fill: var(--soft); font: 12px system-ui, sans-serif; }
.map .name { fill: var(--ink); font-size: 14.5px; font-weight: 600; }
.map .good rect { stroke: var(--good); } .map .bad rect { stroke: var(--bad); fill: var(--bad-bg); }
.map .result rect { stroke: var(--accent); stroke-width: 2; }
.map a:hover rect, .map a:focus-visible rect { stroke: var(--accent); stroke-width: 2; }
.map .arrow { fill: none; stroke: var(--soft); stroke-width: 1.4; marker-end: url(#arrowhead); }
.map marker path { fill: var(--soft); }
tr td:last-child code { white-space: nowrap; } .contents { columns: 2 20rem; padding-left: 1.1rem; }
.figure { margin: 1.2rem 0; overflow-x: auto; } .figure svg { max-width: 100%; height: auto; border: 1px solid var(--line); border-radius: 6px; }
.tools { display: none; gap: 0.6rem; flex-wrap: wrap; align-items: center; margin: 0 0 1rem; font-size: 0.9rem; }
.scripted .tools { display: flex; }
.tools button, .tools input { font: inherit; color: inherit; background: var(--panel); border: 1px solid var(--line);
  border-radius: 5px; padding: 0.25rem 0.7rem; }
.tools button:hover { border-color: var(--accent); }
.tools input { width: 19rem; max-width: 100%; }
details { scroll-margin-top: 0.5rem; }
summary { cursor: pointer; }
.stage { border: 1px solid var(--line); border-radius: 7px; margin: 0.55rem 0; padding: 0 1rem; }
.stage > summary { padding: 0.6rem 0; }
.stage[open] { padding-bottom: 0.9rem; }
.stage > summary .key { display: block; color: var(--soft); font-size: 0.88rem; padding-left: 1.05rem; }
.run { border-left: 2px solid var(--line); padding-left: 0.8rem; margin: 0.4rem 0; }
.run > summary { padding: 0.25rem 0; }
.event { border-top: 1px solid var(--line); font-size: 0.9rem; }
.event > summary { padding: 0.35rem 0; }
.event:target > summary, .stage:target > summary h3 { color: var(--accent); }
.what { font-weight: 550; } .key { color: var(--soft); } .ref { color: var(--soft); font-size: 0.85em; white-space: nowrap; }
th a, td a, dd a { white-space: nowrap; }
.runs { padding-left: 1.6rem; font-size: 0.9rem; } .runs li { padding: 0.15rem 0; }
.ranges { columns: 2 18rem; padding-left: 1.1rem; margin: 0.3rem 0; font-size: 0.88rem; }
.shared { background: var(--panel); border-radius: 6px; padding: 0.1rem 0.9rem 0.6rem; margin: 0.7rem 0; }
.facts { margin: 0.2rem 0 0.9rem 1.05rem; }
.facts > div { display: grid; grid-template-columns: 6.2rem 1fr; gap: 0 0.8rem; padding: 0.2rem 0; }
.facts > div > dt { color: var(--soft); } dd { margin: 0; min-width: 0; }
.facts ul { margin: 0; padding: 0; list-style: none; } .facts p { margin: 0 0 0.2rem; }
.fields { margin: 0; columns: 2 17rem; column-gap: 2rem; font-size: 0.88rem; }
.fields > div { break-inside: avoid; display: flex; gap: 0.8rem; justify-content: space-between; border-bottom: 1px dotted var(--line); }
.fields dt { color: var(--soft); flex: none; max-width: 60%; }
.fields dd { text-align: right; overflow-wrap: anywhere; }
.commands dt { margin-top: 0.8rem; font-size: 0.93rem; }
pre { margin: 0.25rem 0 0; padding: 0.5rem 0.8rem; background: var(--panel); border: 1px solid var(--line); border-radius: 5px;
  white-space: pre-wrap; }
footer { margin-top: 3rem; color: var(--soft); font-size: 0.85rem; }
@media (max-width: 40rem) {
  body { padding: 1.2rem 1rem 3rem; } .value { font-size: 2.3rem; } .ref { white-space: normal; }
  .facts > div { grid-template-columns: 1fr; } .map { min-width: 36rem; }
}
@media print {
  :root { color-scheme: light; --paper: #fff; --ink: #000; --soft: #444; --line: #bbb; --panel: #fff; --accent: #000;
    --good: #000; --good-bg: #fff; --warn: #000; --warn-bg: #fff; --bad: #000; --bad-bg: #fff; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  .scripted tr td:last-child code { white-space: nowrap; } .contents { columns: 2 20rem; padding-left: 1.1rem; }
.figure { margin: 1.2rem 0; overflow-x: auto; } .figure svg { max-width: 100%; height: auto; border: 1px solid var(--line); border-radius: 6px; }
.tools { display: none; }
  .value { font-size: 2rem; } h2 { margin-top: 1.6rem; break-after: avoid; }
  .map, tr, .published, summary { break-inside: avoid; } .map { max-height: 22cm; }
}
`;
