/** Style of all pages. */
export const STYLE = `
:root { color-scheme: light dark; --line: #8886; }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0; background: Canvas; color: CanvasText; }
main { max-width: 66rem; margin: 0 auto; padding: 1rem; }
h1, h2 { line-height: 1.2; overflow-wrap: anywhere; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; margin: 0.5rem 0; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding: 0.25rem 0; }
th, td { border-bottom: 1px solid var(--line); padding: 0.25rem 0.75rem 0.25rem 0; text-align: right; vertical-align: top; }
th[scope="row"], th:first-child { text-align: left; font-weight: 400; min-width: 9rem; max-width: 24rem; overflow-wrap: anywhere; }
.text th, .text td { text-align: left; }
figure { margin: 1rem 0; }
figcaption { max-width: 46rem; }
dt { font-family: ui-monospace, monospace; } dd { margin: 0 0 0.4rem 1.5rem; }
pre { overflow-x: auto; border: 1px solid var(--line); padding: 0.5rem; }
.views { display: flex; flex-wrap: wrap; gap: 0.75rem; border-bottom: 1px solid var(--line); padding: 0.75rem 0; break-inside: avoid; }
.view { margin: 0; width: 9.5rem; font-size: 0.8rem; line-height: 1.3; overflow-wrap: anywhere; }
.view svg, .view img { display: block; width: 100%; height: auto; }
.pixels { image-rendering: pixelated; }
.box { fill: none; stroke: #d55e00; stroke-width: 2px; vector-effect: non-scaling-stroke; }
.box.local { stroke: #56b4e9; stroke-dasharray: 4 2; }
.number { fill: #fff; stroke: #000; paint-order: stroke; font-weight: 700; }
.maps { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); gap: 1rem; }
.map { position: relative; aspect-ratio: 1; border: 1px solid var(--line); }
.mark { appearance: none; display: inline-block; box-sizing: border-box; width: 0.6rem; height: 0.6rem; margin: 0; background: var(--c); border: 2px solid var(--c); }
.disc, .ring { border-radius: 50%; }
.ring { background: transparent; }
.map .mark { position: absolute; left: calc(var(--x) - 0.3rem); top: calc(var(--y) - 0.3rem); cursor: pointer; }
.map .mark:hover, .map .mark:focus-visible, .map .mark:checked { z-index: 1; outline: 2px solid CanvasText; }
.map .mark:hover, .map .mark:focus-visible { z-index: 2; }
.map .mark:is(:hover, :focus-visible, :checked)::after { content: ""; position: absolute; left: 0.9rem; top: 0.9rem; width: 6rem; height: 6rem; border: 1px solid CanvasText; --unit: 6rem; }
.map .mark:is(:hover, :focus-visible, :checked)::before { content: attr(aria-label); position: absolute; left: 0.9rem; top: 7.1rem; width: max-content; max-width: 12rem; background: Canvas; color: CanvasText; border: 1px solid var(--line); padding: 0 0.25rem; font-size: 0.8rem; }
.map .left::after { left: auto !important; right: 0.9rem; }
.map .left::before { left: auto !important; right: 0.9rem; }
.map .mark::after, .cell { background: var(--sheet) calc(var(--i) * -1 * var(--unit)) calc(var(--j) * -1 * var(--unit)) / calc(var(--columns) * var(--unit)) auto; image-rendering: pixelated; }
.legend { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; list-style: none; padding: 0; margin: 0.5rem 0; }
.prototypes { display: grid; grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr)); gap: 1rem; list-style: none; padding: 0; font-size: 0.8rem; line-height: 1.3; }
.prototypes li { display: flex; flex-direction: column; break-inside: avoid; }
.cells { display: grid; grid-template-columns: repeat(4, 2rem); gap: 2px; margin: 0.25rem 0; }
.cell { --unit: 2rem; width: 2rem; height: 2rem; }
.mark, .cell, .box { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.warning { border-left: 4px solid #d55e00; padding-left: 0.75rem; }
@media print { main { max-width: none; } .wide { overflow: visible; } figure, table { break-inside: avoid; } }
`;
