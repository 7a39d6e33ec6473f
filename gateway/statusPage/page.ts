import type { DeviceReport, StatusReport } from "./report.ts";
import { type StatusLanguage, type StatusTexts, statusTexts } from "./texts.ts";

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => escapes[character] ?? "");

const style = `
:root { color-scheme: light dark; font: 14px/1.45 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; }
body { margin: 0 auto; max-width: 84rem; padding: 1rem; }
header { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; align-items: baseline; }
h1 { font-size: 1.25rem; margin: 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; margin-top: 1rem; }
th, td { text-align: start; vertical-align: top; padding: .4rem .75rem .4rem 0; border-bottom: 1px solid #8884; }
td.number { font-variant-numeric: tabular-nums; white-space: nowrap; }
.connected::before { content: "● "; color: #1a7f4b; }
.connecting::before { content: "◌ "; }
.lost::before { content: "■ "; color: #c2321f; }
.lost, .refused { font-weight: 600; }
.note { opacity: .75; font-size: .9em; overflow-wrap: anywhere; }
.refused { white-space: pre-wrap; border-inline-start: 4px solid #c2321f; padding-inline-start: .75rem; }
.warnings { max-height: 12rem; overflow-y: auto; }
ul { margin: .2rem 0; padding-inline-start: 1.1rem; }
`;

/** The status as a page for a person; the same figures as `/status.json`. */
export function statusPage(report: StatusReport, language: StatusLanguage): string {
  const timeOf = timesIn(report.timeZone);
  const t: StatusTexts = statusTexts[language];
  const other = language === "zh" ? "en" : "zh";
  const { plant, outbox, devices, at } = report;
  const rows = devices.map((device) => rowOf(device, at, t, language, timeOf));
  const head = [t.device, t.connection, t.lastData, t.tags, t.cadence, t.latency, t.certificate, t.lastError];
  return `<!doctype html>
<html lang="${language === "zh" ? "zh-CN" : "en"}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="5">
<title>${escaped(`${report.gateway} · ${t.title}`)}</title>
<style>${style}</style>
<header>
<h1>${escaped(`${t.title} ${report.platform} / ${report.gateway}`)}</h1>
<span>${timeOf(at)}</span>
<span>${t.outbox}: ${outbox.outboxBatches}</span>
<span>${t.losses}: ${outbox.lossesOpen}</span>
<a href="?lang=${other}" lang="${other}">${t.other}</a>
</header>
<p class="note">${t.plant} ${escaped(plant.file)}, ${t.loaded} ${timeOf(plant.loadedAt)} · ${t.refreshed}</p>
${plant.refused === null ? "" : `<p class="refused">${t.refused}\n${escaped(plant.refused)}</p>`}
<div class="scroll"><table>
<thead><tr>${head.map((title) => `<th scope="col">${title}</th>`).join("")}</tr></thead>
<tbody>
${rows.length > 0 ? rows.join("\n") : `<tr><td colspan="${head.length}">${t.none}</td></tr>`}
</tbody>
</table></div>
</html>
`;
}

function rowOf(device: DeviceReport, at: number, t: StatusTexts, language: StatusLanguage, timeOf: TimeOf): string {
  const { driver, lastError, cadence, certificateDaysLeft: daysLeft } = device;
  const { latencyMs } = driver;
  const tags = [
    String(device.tags),
    ...(device.badTags > 0 ? [`${device.badTags} ${t.bad}`] : []),
    ...(device.unreadTags > 0 ? [`${device.unreadTags} ${t.unread}`] : []),
  ];
  const cells = [
    `<th scope="row">${escaped(device.id)}<div class="note">${escaped(device.protocol)}</div></th>`,
    `<td><span class="${device.connection}">${t[device.connection]}</span><div class="note">${t.since} ${timeOf(device.since)}</div></td>`,
    `<td class="number">${device.lastData === null ? t.never : ageOf(at - device.lastData)}</td>`,
    `<td>${tags.join("<br>")}</td>`,
    `<td class="number">${cadence === null ? "–" : `${(cadence * 100).toFixed(1)} %`}</td>`,
    `<td class="number">${latencyMs === null ? "–" : `${latencyMs.p50.toFixed(1)} / ${latencyMs.p99.toFixed(1)} ms`}</td>`,
    `<td class="number">${daysLeft === null ? "–" : `${daysLeft} ${t.days}`}</td>`,
    `<td>${lastError === null ? "–" : `${escaped(`${lastError[language]} (${lastError.code})`)}<div class="note">${timeOf(lastError.at)} ${escaped(lastError.detail)}<br>${escaped(lastError.help)}</div>`}${listOf(t.warnings, driver.warnings)}${countersOf(device)}</td>`,
  ];
  return `<tr>${cells.join("")}</tr>`;
}

/** What happened at least once; the page is renewed too often for anything that has to be opened. */
function countersOf({ driver }: DeviceReport): string {
  const counted = Object.entries(driver.counters).filter(([, count]) => count > 0);
  const texts = counted.map(([name, count]) => `${escaped(name)} ${count.toLocaleString("en")}`);
  return texts.length === 0 ? "" : `<div class="note">${texts.join(" · ")}</div>`;
}

const listOf = (title: string, items: readonly string[]): string =>
  items.length === 0
    ? ""
    : `<div class="warnings">${title} (${items.length})<ul>${items.map((item) => `<li>${escaped(item)}</li>`).join("")}</ul></div>`;

type TimeOf = (at: number) => string;

/** Times of the platform, with their offset. */
function timesIn(timeZone: string): TimeOf {
  const format = new Intl.DateTimeFormat("sv-SE", {
    ...{ year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" },
    ...{ timeZone, timeZoneName: "shortOffset" },
  });
  return (at) => `<time datetime="${new Date(at).toISOString()}">${format.format(at)}</time>`;
}

function ageOf(ms: number): string {
  const s = Math.max(0, ms) / 1_000;
  if (s < 60) return `${s.toFixed(1)} s`;
  return s < 3_600 ? `${Math.floor(s / 60)} min` : `${Math.floor(s / 3_600)} h`;
}
