/** The style sheet of a report's page: light, dark, narrow and printed. */
export const styles = `:root {
  color-scheme: light dark;
  --paper: light-dark(#ffffff, #14171a);
  --raised: light-dark(#f5f6f7, #1c2024);
  --ink: light-dark(#1b1f23, #e4e7ea);
  --soft: light-dark(#57606a, #a0a8b0);
  --rule: light-dark(#d5d9dd, #343a40);
  --link: light-dark(#0a55b3, #86b9ff);
  --bad: light-dark(#a3121f, #ff9a9a);
  --warn: light-dark(#8a4300, #f5b469);
  --good: light-dark(#17652f, #86d79b);
  --mono: ui-monospace, 'SF Mono', 'Cascadia Code', 'DejaVu Sans Mono', Menlo, Consolas, monospace;
  font: 15px/1.5 system-ui, -apple-system, 'Segoe UI', 'Liberation Sans', 'DejaVu Sans', sans-serif;
  background: var(--paper);
  color: var(--ink);
}
*, ::before, ::after { box-sizing: border-box; }
body { margin: 0 auto; max-width: 74rem; padding: 1.2rem 1.2rem 3rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .3rem; }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; padding-bottom: .2rem; border-bottom: 1px solid var(--rule); }
h3 { font-size: 1rem; margin: 0; overflow-wrap: anywhere; }
p { margin: .4rem 0; max-width: 80ch; }
code, pre { font-family: var(--mono); font-size: .86em; overflow-wrap: anywhere; }
pre { white-space: pre-wrap; padding: .5rem .7rem; background: var(--raised); border: 1px solid var(--rule); border-radius: 4px; }
a { color: var(--link); }
nav ul { display: flex; flex-wrap: wrap; gap: .2rem 1rem; list-style: none; padding: 0; }
.quiet { color: var(--soft); }
.scroll { overflow-x: auto; margin-bottom: .9rem; }
.scroll:focus-visible { outline: 2px solid var(--link); }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--rule); }
th { font-size: .8rem; font-weight: 600; color: var(--soft); }
td { min-width: 5rem; overflow-wrap: break-word; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr)); gap: .6rem; margin: 1rem 0; padding: 0; list-style: none; }
.figures li { border: 1px solid var(--rule); border-radius: 6px; padding: .5rem .7rem; background: var(--raised); }
.figures b { display: block; font-size: 1.5rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
.mark { display: inline-block; font-size: .78rem; font-weight: 600; padding: 0 .4rem; border: 1px solid currentColor; border-radius: 3px; white-space: nowrap; }
.mark-verified, .mark-admitted { color: var(--good); }
.mark-stated { color: var(--soft); }
.mark-open, .mark-unknown { color: var(--warn); }
.mark-false, .mark-refused { color: var(--bad); }
.version { border: 1px solid var(--rule); border-radius: 6px; padding: .7rem .9rem; margin: 0 0 1rem; }
.tree, .tree ul { list-style: none; padding-left: 1rem; margin: 0; border-left: 1px solid var(--rule); }
.tree li { padding: .1rem 0 .1rem .6rem; overflow-wrap: anywhere; }
.tree .says::before { content: '✓ '; color: var(--good); }
.tree .fails::before { content: '✗ '; color: var(--bad); }
.tree .hollow::before { content: '· '; color: var(--soft); }
.tree .note { color: var(--soft); font-size: .9rem; }
.timeline { width: 100%; height: auto; display: block; }
.timeline text { fill: var(--soft); font-size: 11px; font-family: inherit; }
.timeline line { stroke: var(--rule); }
.key-starts { color: var(--link); }
.starts { fill: var(--link); }
.refused { fill: var(--warn); }
.incidents { fill: var(--bad); }
.holds { fill: none; stroke: var(--ink); stroke-width: 1.5; }
.timeline .stops { stroke: var(--bad); stroke-width: 2; stroke-dasharray: 4 3; }
.reaction { width: 8rem; height: .6rem; display: block; }
.reaction rect { fill: var(--warn); }
summary { cursor: pointer; color: var(--link); }
@media (max-width: 40rem) {
  body { padding: .8rem .8rem 2rem; }
  h1 { font-size: 1.35rem; }
  .figures { grid-template-columns: repeat(2, 1fr); }
}
@media print {
  :root { color-scheme: light; font-size: 11px; }
  body { max-width: none; padding: 0; }
  nav, .screen-only { display: none; }
  details::details-content { content-visibility: visible; block-size: auto; }
  .version, tr { break-inside: avoid; }
  .scroll { overflow: visible; }
}
`;
