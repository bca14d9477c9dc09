/** The look of the page: light and dark as the reader's system is, and black on white on paper. */
export const style = `
:root { color-scheme: light dark; --text: #1f2328; --quiet: #57606a; --ground: #ffffff; --raised: #f3f5f7; --line: #d1d9e0; --good: #116329; --middling: #7d4e00; --bad: #b3261e; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6edf3; --quiet: #9ea7b3; --ground: #14171c; --raised: #1d2127; --line: #353c45; --good: #6bd58b; --middling: #e3b341; --bad: #ff8f88; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem; max-width: 70rem; background: var(--ground); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; }
h1, h2, h3, p, li, summary { overflow-wrap: anywhere; }
h1, h2, h3 { line-height: 1.25; }
h1 { font-size: 1.5rem; margin: 0; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 0.75rem; padding-bottom: 0.25rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.5rem 0 0.5rem; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: 0.75rem; margin: 1rem 0 0; }
.figures div { background: var(--raised); border: 1px solid var(--line); border-radius: 0.5rem; padding: 0.75rem 1rem; }
.figures dt { color: var(--quiet); font-size: 0.875rem; }
.figures dd { margin: 0; font-size: 1.5rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.state { font-weight: 600; white-space: nowrap; }
.state.complete { color: var(--good); }
.state.partial { color: var(--middling); }
.state.failed { color: var(--bad); }
.note { color: var(--quiet); font-size: 0.875rem; margin: 0.5rem 0; }
figure { margin: 0.75rem 0; }
figcaption { font-weight: 600; font-size: 0.875rem; overflow-wrap: anywhere; }
.chart { position: relative; height: 15rem; }
.grid { display: grid; grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr)); gap: 1rem; }
.grid > div { min-width: 0; }
.scroll { overflow: auto; max-height: 30rem; }
table { border-collapse: collapse; font-size: 0.875rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--quiet); padding: 0.25rem 0; }
th, td { padding: 0.25rem 0.75rem 0.25rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; overflow-wrap: break-word; max-width: 40rem; }
.figure { text-align: right; white-space: nowrap; }
summary { cursor: pointer; color: var(--quiet); font-size: 0.875rem; }
pre { background: var(--raised); border: 1px solid var(--line); border-radius: 0.5rem; padding: 0.75rem; margin: 0.5rem 0; white-space: pre-wrap; overflow-wrap: anywhere; font-size: 0.8125rem; }
:focus-visible { outline: 2px solid #3b82d6; outline-offset: 2px; }
/* A table that has to be moved sideways anyway keeps its texts in lines that can be read. */
@media screen and (max-width: 40rem) {
  .scroll table { width: max-content; }
  .scroll td { max-width: 18rem; }
}
@media print {
  :root { color-scheme: light; --text: #1f2328; --quiet: #57606a; --ground: #ffffff; --raised: #ffffff; --line: #d1d9e0; --good: #116329; --middling: #7d4e00; --bad: #b3261e; }
  body { max-width: none; padding: 0; }
  figure, tr, pre { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  .scroll { max-height: none; overflow: visible; }
  /* Paper does not scroll: a table that is too wide breaks its texts anywhere. */
  table { font-size: 0.75rem; }
  th, td { padding-right: 0.5rem; }
  td { overflow-wrap: anywhere; }
  details:not([open]) { display: none; }
}
`;
