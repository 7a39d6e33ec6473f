/** The look of the report: A4 upright, greys, no break within a row, a cover, a running head and page numbers. */
export const reportStyle = `
@page { size: A4; margin: 20mm 14mm 16mm; @bottom-right { content: counter(page) " / " counter(pages); font-size: 8pt; } @top-left { font-size: 8pt; color: #555; } @top-right { font-size: 8pt; color: #555; } }
@page :first { margin: 30mm 24mm 20mm; @top-left { content: none; } @top-right { content: none; } @bottom-right { content: none; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 186mm; padding: 8mm 4mm; color: #111; background: #fff; font: 10pt/1.5 "Noto Sans CJK SC", "Microsoft YaHei", "SimSun", sans-serif; counter-reset: section; }
h1 { font-size: 30pt; line-height: 1.3; letter-spacing: 0.08em; margin: 4mm 0; }
h2 { font-size: 14pt; margin: 9mm 0 2mm; padding-bottom: 1mm; border-bottom: 0.8pt solid #333; break-after: avoid; counter-increment: section; }
h2::before { content: counter(section, simp-chinese-informal) "、"; }
h3 { font-size: 11.5pt; margin: 5mm 0 1mm; break-after: avoid; }
h4 { font-size: 9.5pt; margin: 3mm 0 0; color: #333; break-after: avoid; }
p { margin: 1mm 0; }
.cover { display: flex; flex-direction: column; justify-content: space-between; min-height: 240mm; break-after: page; }
.cover .title { padding-top: 22mm; text-align: center; font-size: 16pt; }
.cover .state { font-size: 12pt; margin-top: 6mm; }
.cover dl { grid-template-columns: 34mm 1fr; gap: 2mm 4mm; font-size: 11pt; padding: 5mm 0; border-block: 0.8pt solid #333; }
.signed div { display: grid; grid-template-columns: 16mm 1fr 14mm 46mm; align-items: end; margin-top: 6mm; }
.signed i { height: 7mm; border-bottom: 0.6pt solid #333; margin-right: 4mm; }
.hash { text-align: center; color: #444; font-size: 9pt; }
.state { display: inline-block; padding: 0.5mm 4mm; border: 1pt solid #333; font-weight: 700; }
.state.provisional { border-style: dashed; }
dl { display: grid; grid-template-columns: 32mm 1fr; gap: 0.5mm 3mm; margin: 3mm 0; }
dt { color: #444; }
dd { margin: 0; overflow-wrap: anywhere; }
.four { display: grid; grid-template-columns: repeat(4, 1fr); gap: 3mm; margin: 3mm 0; }
.four div { border: 0.6pt solid #888; padding: 2mm 3mm; color: #444; }
.four strong { display: block; font-size: 20pt; line-height: 1.25; color: #111; }
.notice { border-left: 2pt solid #333; padding: 1mm 3mm; background: #f1f3f4; margin: 2mm 0; }
table { width: 100%; border-collapse: collapse; margin: 2mm 0; font-size: 8.5pt; line-height: 1.4; }
table.fixed { table-layout: fixed; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
th, td { border: 0.4pt solid #999; padding: 0.8mm 1.2mm; text-align: left; vertical-align: top; }
th { background: #eceff1; font-weight: 600; white-space: nowrap; }
td[rowspan] { background: #f7f8f9; font-weight: 600; }
.cover + h2 { margin-top: 0; }
th.number, .number { text-align: right; font-variant-numeric: tabular-nums; }
.wide { overflow-wrap: anywhere; }
.muted { color: #555; }
figure { margin: 3mm 0; break-inside: avoid; }
figure svg { width: 100%; height: auto; font-size: 11px; }
figcaption { font-size: 8.5pt; color: #444; text-align: center; }
code { font: 8pt/1.4 monospace; overflow-wrap: anywhere; }
@media screen { .cover { min-height: 0; gap: 6mm; } .fixed { min-width: 182mm; } }
@media print { body { max-width: none; padding: 0; } }
`;
