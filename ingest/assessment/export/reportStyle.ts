/** The look of the report: A4 upright, greys, no break within a row, a page number on each page. */
export const reportStyle = `
@page { size: A4; margin: 18mm 14mm 16mm; @bottom-right { content: counter(page) " / " counter(pages); font-size: 8pt; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 186mm; padding: 8mm 4mm; color: #111; background: #fff; font: 10pt/1.5 "Noto Sans CJK SC", "Microsoft YaHei", "SimSun", sans-serif; }
h1 { font-size: 19pt; margin: 0 0 2mm; }
h2 { font-size: 13pt; margin: 8mm 0 2mm; padding-bottom: 1mm; border-bottom: 0.6pt solid #333; break-after: avoid; }
h3 { font-size: 10.5pt; margin: 4mm 0 1mm; break-after: avoid; }
p { margin: 1mm 0; }
.state { display: inline-block; padding: 0.5mm 3mm; border: 1pt solid #333; font-weight: 700; }
.state.provisional { border-style: dashed; }
dl { display: grid; grid-template-columns: 32mm 1fr; gap: 0.5mm 3mm; margin: 3mm 0; }
dt { color: #444; }
dd { margin: 0; overflow-wrap: anywhere; }
.three { display: grid; grid-template-columns: repeat(4, 1fr); gap: 3mm; margin: 3mm 0; }
.three div { border: 0.6pt solid #888; padding: 2mm 3mm; }
.three strong { display: block; font-size: 18pt; line-height: 1.25; }
.notice { border-left: 2pt solid #333; padding: 1mm 3mm; background: #f1f3f4; margin: 2mm 0; }
table { width: 100%; border-collapse: collapse; margin: 2mm 0; font-size: 8.5pt; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
th, td { border: 0.4pt solid #999; padding: 0.8mm 1.4mm; text-align: left; vertical-align: top; }
th { background: #eceff1; font-weight: 600; white-space: nowrap; }
.number { text-align: right; white-space: nowrap; }
.wide { overflow-wrap: anywhere; }
.muted { color: #555; }
figure { margin: 3mm 0; break-inside: avoid; }
figure svg { width: 100%; height: auto; font-size: 11px; }
figcaption { font-size: 8.5pt; color: #444; text-align: center; }
code { font: 8pt/1.4 monospace; overflow-wrap: anywhere; }
@media print { body { max-width: none; padding: 0; } }
`;
