// How a page looks: on wide screens and on a phone, light and dark, and on paper. Words only.

/** Blue and orange are told apart by everybody; whatever they say is also said by shape, place or sign. */
export const STYLES = `
:root { color-scheme: light dark; --paper: #ffffff; --ink: #1b1f24; --dim: #59636e; --edge: #d5dae0; --soft: #f4f6f8; --grid: #e7eaee;
  --bid: #0b63c5; --ask: #b8560a; --market: #59636e; --equity: #1b1f24; --gain: #0b63c5; --loss: #b8560a; --bad: #a11313; --label: #434b55; }
@media screen and (prefers-color-scheme: dark) {
  :root { --paper: #14171b; --ink: #e6e9ed; --dim: #9aa5b1; --edge: #343b44; --soft: #1c2127; --grid: #262c33;
    --bid: #6db3ff; --ask: #ffab5e; --market: #9aa5b1; --equity: #e6e9ed; --gain: #6db3ff; --loss: #ffab5e; --bad: #ff8a80; --label: #4a545f; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 24px 20px 48px; max-width: 1120px; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "Noto Sans", sans-serif; overflow-wrap: break-word; }
h1 { font-size: 22px; line-height: 1.25; margin: 0 0 16px; }
h2 { font-size: 19px; margin: 40px 0 4px; padding-top: 16px; border-top: 1px solid var(--edge); }
h3 { font-size: 15px; margin: 24px 0 6px; }
p { margin: 4px 0; }
a { color: inherit; }
.about, .note, footer { color: var(--dim); }
.note, footer { font-size: 13px; }
footer { margin-top: 48px; border-top: 1px solid var(--edge); padding-top: 12px; }
nav ul { display: flex; flex-wrap: wrap; gap: 4px 16px; list-style: none; margin: 16px 0 0; padding: 0; font-size: 14px; }
.answers { display: grid; align-items: baseline; grid-template-columns: 9em minmax(0, 1fr); gap: 10px 16px; margin: 0; padding: 16px; background: var(--soft);
  border: 1px solid var(--edge); border-radius: 8px; }
.answers dt { color: var(--dim); }
.answers dd { margin: 0; }
.answers .main p:first-child { font-weight: 600; font-size: 17px; line-height: 1.4; }
.answers p::first-letter { text-transform: uppercase; }
.answers .bad p { color: var(--bad); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: 14px; margin: 6px 0 12px; }
caption { text-align: left; color: var(--dim); padding: 8px 0 2px; }
th, td { padding: 3px 20px 3px 0; text-align: left; vertical-align: top; font-weight: 400; border-bottom: 1px solid var(--grid); }
thead th { color: var(--dim); font-size: 13px; vertical-align: bottom; }
th:last-child, td:last-child { padding-right: 0; }
td, .figure { font-variant-numeric: tabular-nums; }
tbody th { white-space: nowrap; }
.figure { text-align: right; white-space: nowrap; }
.part { padding-left: 1.2em; }
figure { margin: 16px 0 0; }
figcaption { display: flex; flex-wrap: wrap; gap: 0 18px; align-items: baseline; font-size: 13px; color: var(--dim); }
figcaption h3 { margin: 8px 0 2px; color: var(--ink); }
.key { white-space: nowrap; }
.said { color: var(--ink); font-variant-numeric: tabular-nums; }
.key svg { width: 22px; height: 12px; vertical-align: -1px; }
.chart { width: 100%; }
.drawn .still { display: none; }
.blocks { display: flex; flex-wrap: wrap; align-items: flex-start; gap: 0 64px; }
.blocks > * { max-width: 100%; min-width: 0; }
.blocks > figure { flex: 0 1 480px; margin: 0; }
.blocks p { max-width: 56em; }
.block > :first-child:not(h3) { margin-top: 14px; }
.blocks figcaption h3 { margin-top: 24px; }
figure + .note { margin-top: 14px; }
svg.drawing { width: 100%; max-width: 520px; display: block; }
svg.course { width: 100%; display: block; }
svg text { font-size: 12px; fill: var(--dim); font-family: inherit; }
svg text.value, svg text.name { fill: var(--ink); }
svg text.value { paint-order: stroke; stroke: var(--paper); stroke-width: 4px; stroke-linejoin: round; font-variant-numeric: tabular-nums; }
line.grid { stroke: var(--grid); }
line.zero, line.joint { stroke: var(--dim); }
line.joint { stroke-dasharray: 2 2; }
rect.bid, rect.gain { fill: var(--bid); }
rect.ask, rect.loss { fill: var(--ask); }
rect.total { fill: var(--market); }
path.line, path.curve { fill: none; stroke-width: 1.25; stroke-linecap: round; vector-effect: non-scaling-stroke; }
path.mid { stroke: var(--market); }
path.ourBid, path.inventory { stroke: var(--bid); }
path.ourAsk, path.drawdown { stroke: var(--ask); }
path.equity, path.curve { stroke: var(--equity); }
path.buy { fill: var(--bid); }
path.sell { fill: var(--ask); }
circle.dot { fill: var(--equity); }
@media (min-width: 700px) {
  caption { white-space: nowrap; }
}
@media (max-width: 560px) {
  body { padding: 16px 12px 32px; }
  .answers { grid-template-columns: minmax(0, 1fr); gap: 2px; padding: 12px; }
  .answers dd { margin-bottom: 10px; }
  table { font-size: 13px; }
  th, td { padding-right: 10px; }
  tbody th { white-space: normal; min-width: 8em; }
  .wide table { width: max-content; max-width: 60rem; }
  .wide tbody th { white-space: nowrap; }
  .part { padding-left: 0.8em; }
}
@media print {
  @page { margin: 14mm; }
  body { max-width: none; padding: 0; font-size: 10.5pt; }
  nav, .chart, .moving, .said, .when { display: none; }
  .drawn .still { display: block; }
  .scroll { overflow: visible; }
  .blocks { display: block; }
  table, thead th, caption { font-size: 8pt; }
  .blocks p { font-size: 9.5pt; }
  th, td { padding-right: 8px; }
  h2, h3, .about, figcaption, caption, thead { break-after: avoid; }
  figure, tr, h2, .answers { break-inside: avoid; }
  .answers, rect, path { print-color-adjust: exact; }
}
`
