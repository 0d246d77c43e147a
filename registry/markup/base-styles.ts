/**
 * Styles that all pages share, as text: light and dark by `light-dark()`, no web fonts, no build.
 */
export const baseStyles = `@layer base, parts;
@layer base {
  :root {
    color-scheme: light dark;
    --paper: light-dark(#ffffff, #14171a);
    --raised: light-dark(#f5f6f7, #1c2024);
    --sunk: light-dark(#eceef0, #0e1113);
    --ink: light-dark(#1b1f23, #e4e7ea);
    --soft: light-dark(#57606a, #a0a8b0);
    --rule: light-dark(#d5d9dd, #343a40);
    --link: light-dark(#0a55b3, #86b9ff);
    --focus: light-dark(#0a55b3, #9cc7ff);
    --bad: light-dark(#a3121f, #ff9a9a);
    --bad-paper: light-dark(#fdeced, #3a1a1d);
    --warn: light-dark(#8a4300, #f5b469);
    --warn-paper: light-dark(#fdf1e3, #35250f);
    --mild: light-dark(#6b5a00, #dcc766);
    --mild-paper: light-dark(#faf5dc, #2c280f);
    --good: light-dark(#17652f, #86d79b);
    --good-paper: light-dark(#e8f5ec, #14301d);
    --mark: light-dark(#ffe08a, #6a5200);
    --mono: ui-monospace, 'SF Mono', 'Cascadia Code', 'DejaVu Sans Mono', Menlo, Consolas, monospace;
    font: 14px/1.45 system-ui, -apple-system, 'Segoe UI', 'Liberation Sans', 'DejaVu Sans', sans-serif;
    background: var(--paper);
    color: var(--ink);
    accent-color: var(--link);
    scrollbar-color: var(--rule) transparent;
  }
  *, ::before, ::after { box-sizing: border-box; }
  body { margin: 0; }
  h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .35rem; font-weight: 650; overflow-wrap: anywhere; }
  h2 { font-size: 1.05rem; margin: 0 0 .5rem; font-weight: 650; }
  h3 { font-size: .95rem; margin: 0; font-weight: 600; }
  p { margin: .4rem 0; }
  dl, dd, ol, ul { margin: 0; }
  a { color: var(--link); text-decoration-thickness: 1px; text-underline-offset: 2px; }
  h2 a { color: inherit; text-decoration: none; }
  h2 a:hover { text-decoration: underline; }
  code, pre { font-family: var(--mono); font-size: .86em; }
  code { overflow-wrap: anywhere; }
  pre { margin: .4rem 0; padding: .55rem .7rem; background: var(--raised); border: 1px solid var(--rule); border-radius: 4px; overflow: auto; }
  pre code { font-size: .82rem; overflow-wrap: normal; tab-size: 4; unicode-bidi: plaintext; }
  :focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; border-radius: 2px; }
  main:focus { outline: none; }
  table { border-collapse: collapse; width: 100%; }
  th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid var(--rule); }
  thead th { font-size: .78rem; font-weight: 600; color: var(--soft); white-space: nowrap; }
  tbody th { font-weight: 400; }
  caption { text-align: left; }
  button, a.button { font: inherit; font-weight: 600; padding: .35rem .8rem; border: 1px solid var(--rule); border-radius: 4px; background: var(--raised); color: var(--ink); cursor: pointer; }
  a.button { display: inline-block; text-decoration: none; }
  button:hover, a.button:hover { border-color: var(--soft); }
  button:disabled { opacity: .55; cursor: default; }
  button.plain { font-weight: 400; padding: .15rem .55rem; background: none; color: var(--link); }
  textarea { font: inherit; width: 100%; padding: .35rem .5rem; border: 1px solid light-dark(#8b949e, #6b747d); border-radius: 4px; background: var(--paper); color: var(--ink); resize: vertical; }
  textarea::placeholder { color: var(--soft); opacity: 1; }
  fieldset { border: 0; padding: 0; margin: .4rem 0; min-inline-size: 0; }
  legend { font-size: .78rem; color: var(--soft); padding: 0; }
  summary { cursor: pointer; color: var(--soft); }
  hr { border: 0; border-top: 1px solid var(--rule); }
  [hidden] { display: none !important; }
}
@layer parts {
  .visually-hidden { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  .skip { position: absolute; left: .5rem; top: -4rem; padding: .4rem .8rem; background: var(--paper); border: 2px solid var(--focus); z-index: 3; }
  .skip:focus { top: .4rem; }
  .quiet { color: var(--soft); }
  .pages { display: flex; gap: 1rem; margin: .6rem 0; }
  .sub { display: block; font-size: .82rem; color: var(--soft); }
  .top { display: flex; flex-wrap: wrap; align-items: center; gap: .3rem 1.2rem; padding: .5rem 1.2rem; background: var(--raised); border-bottom: 1px solid var(--rule); }
  .top nav { display: flex; gap: 1rem; flex: 1; }
  .top nav a { text-decoration: none; padding: .1rem 0; }
  .top nav a[aria-current] { color: var(--ink); font-weight: 600; border-bottom: 2px solid var(--link); }
  .brand { font-weight: 700; color: var(--ink); text-decoration: none; }
  .brand .quiet { font-weight: 400; }
  .brand svg { fill: var(--link); vertical-align: -.15em; }
  main { padding: 1rem 1.2rem 3rem; max-width: 110rem; margin: 0 auto; }
  .narrow main { max-width: 46rem; padding-top: 2rem; }
  .summary { color: var(--soft); margin: .2rem 0 .8rem; }
  .summary b { color: var(--ink); }
  .empty { padding: .9rem; border: 1px dashed var(--rule); border-radius: 4px; color: var(--soft); }
  .notice { padding: .5rem .8rem; border: 1px solid var(--rule); border-left: 4px solid var(--soft); border-radius: 4px; background: var(--raised); }
  .notice-done { border-left-color: var(--good); }
  .notice-refused { border-left-color: var(--bad); background: var(--bad-paper); }
  .scroll { overflow-x: auto; }
  .version { font-variant-numeric: tabular-nums; font-weight: 400; }
  .description { max-width: 80ch; color: var(--soft); }
  .digest { white-space: nowrap; }
  dl .digest, .summary .digest { white-space: normal; overflow-wrap: anywhere; }
  .badge { display: inline-block; white-space: nowrap; font-size: .78rem; font-weight: 600; line-height: 1.3; padding: .08rem .45rem; border: 1px solid currentColor; border-radius: 3px; margin-right: .25rem; vertical-align: .08em; }
  .severity-critical, .verdict-block, .state-revoked, .state-refused { color: var(--bad); background: var(--bad-paper); }
  .severity-critical { border-width: 2px; }
  .severity-high, .state-quarantined, .state-suspended, .verdict-incomplete { color: var(--warn); background: var(--warn-paper); }
  .severity-medium { color: var(--mild); background: var(--mild-paper); }
  .severity-low, .severity-info, .state-received, .state-scanning, .state-withdrawn { color: var(--soft); background: var(--raised); }
  .verdict-pass, .state-approved { color: var(--good); background: var(--good-paper); }
  .verdict-review, .state-in-review { color: var(--link); background: light-dark(#eaf2fc, #14263d); }
  .tag { display: inline-block; font-size: .76rem; padding: 0 .35rem; border: 1px solid var(--rule); border-radius: 3px; color: var(--soft); white-space: nowrap; }
  .tag.new, .decides-tag, .crosses { color: var(--warn); border-color: currentColor; }
  .chip { font: 600 .72rem/1.2 var(--mono); padding: 0 .22rem; margin: 0 1px; border-radius: 3px; color: light-dark(#ffffff, #1b0506); background: light-dark(#a3121f, #ff9a9a); white-space: nowrap; }
  mark { background: var(--mark); color: inherit; border-radius: 2px; }
  mark.mixed { background: none; color: inherit; border-bottom: 2px dotted var(--bad); }
  .facts { display: flex; flex-wrap: wrap; gap: .3rem 1.8rem; margin: .6rem 0; }
  .facts dt, .statement dt, .advice dt { font-size: .78rem; color: var(--soft); }
  .plain-list { list-style: none; padding: 0; }
  .plain-list li { padding: .15rem 0; overflow-wrap: anywhere; }
  .part { margin: 0 0 1.8rem; scroll-margin-top: .8rem; }
  .part > h2 { border-bottom: 1px solid var(--rule); padding-bottom: .25rem; }
  .line { white-space: pre-wrap; user-select: all; }
  .part form { margin: .5rem 0; }
}
`;

/** The tab's icon. */
export const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path d="M8 1 2 3v5c0 3.5 2.6 6 6 7 3.4-1 6-3.5 6-7V3z" fill="#0a55b3"/><path d="m5 8 2 2 4-4" fill="none" stroke="#fff" stroke-width="1.6"/></svg>
`;
