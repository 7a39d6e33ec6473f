import type { AssessmentDocument, SealManifest } from "#shared/model/assessment.ts";
import { inLocale } from "#shared/model/text.ts";
import { wallClock } from "#shared/model/wallClock.ts";
import { totalEffect } from "../document.ts";
import { escapeHtml, facts, htmlTable, number, wide } from "./html.ts";
import { figureSection } from "./reportFigures.ts";
import { methodSection } from "./reportMethod.ts";
import { chartSection, scoreSection } from "./reportScore.ts";
import { reportStyle } from "./reportStyle.ts";
import { nameOf, numberText, scopeName, unitOf, words } from "./words.ts";

const { columns } = words.zh;

type Seal = Pick<SealManifest, "sealedAt" | "sealedBy" | "lastHash"> | null;

/**
 * The report of an assessment in Chinese, as one HTML file without scripts or outside references: a browser prints it on
 * A4. `seal` is null while it is provisional.
 */
export function reportHtml(document: AssessmentDocument, seal: Seal): string {
  const platform = inLocale(document.platform.name, "zh-CN");
  const title = `${platform} ${periodText(document.period)}运行评价报告`;
  const sections = [
    cover(document, seal, platform),
    scoreSection(document),
    chartSection(document),
    figureSection(document),
    declaredSection(document),
    amendmentSection(document),
    methodSection(document),
    verifySection(document, seal),
  ];
  const running = `@page { @top-left { content: "${cssText(title)}"; } @top-right { content: "${seal ? `第 ${document.version} 版` : "暂定"}"; } }`;
  return `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title><style>${reportStyle}${running}</style></head>
<body>${sections.join("\n")}</body></html>
`;
}

/** Text within quotes of a style sheet, and of a `<style>` element. */
const cssText = (text: string): string => text.replaceAll(/[^\p{L}\p{N} .·()（）-]/gu, "");

function periodText(period: string): string {
  const quarter = /^(\d{4})-Q([1-4])$/.exec(period);
  if (quarter) return `${quarter[1]} 年第 ${quarter[2]} 季度`;
  const month = /^(\d{4})-(\d{2})$/.exec(period);
  return month ? `${month[1]} 年 ${Number(month[2])} 月` : `${period} 年`;
}

/** `2026-11-01 00:00` on the platform's clock. */
const clockText = (timeZone: string) => {
  const { wall } = wallClock(timeZone);
  return (at: number): string => new Date(wall(at)).toISOString().slice(0, 16).replace("T", " ");
};

function cover(document: AssessmentDocument, seal: Seal, platform: string): string {
  const at = clockText(document.timeZone);
  const state = seal ? `${words.zh.state.sealed}，第 ${document.version} 版` : words.zh.state.provisional;
  const about = facts([
    ["评价周期", `${at(document.from)} 至 ${at(document.to)}（${document.timeZone}）`],
    ["评分方案", `${document.scoring.zh}（${document.scoring.profile}）`],
    ["迟到数据接收至", at(document.closesAt)],
    ["数据截至", at(document.frozenAt)],
    ...(seal ? ([["封存", `${at(seal.sealedAt)}，${seal.sealedBy}`]] as const) : []),
    ...document.months.map((month) => ["所用月度评价", `${month.period} 第 ${month.version} 版`] as const),
  ]);
  const signed = ["编制", "审核", "批准"]
    .map((role) => `<div><span>${role}</span><i></i><span>日期</span><i></i></div>`)
    .join("");
  const hash = seal
    ? `<p class="hash">链末哈希（SHA-256）<br><code>${seal.lastHash}</code></p>`
    : '<p class="hash">本报告为暂定，数值仍会变化，不作为评价依据。</p>';
  return `<section class="cover"><div class="title"><p>${escapeHtml(platform)}</p><h1>运行评价报告</h1><p>${escapeHtml(periodText(document.period))}</p><p><span class="state${seal ? "" : " provisional"}">${state}</span></p></div>
${about}<div class="signed">${signed}</div>${hash}</section>`;
}

function declaredSection({ declared }: AssessmentDocument): string {
  if (declared.length === 0) return "<h2>申报项</h2><p>本周期没有申报项。</p>";
  const rows = declared.map((one) => [
    one.indicator,
    nameOf(one.indicator, "zh"),
    one.period,
    number(`${numberText(one.value)} ${unitOf(one.unit, "zh")}`),
    words.zh.declaredState[one.state],
    wide(one.declaredBy),
    wide(one.verifiedBy ?? "–"),
    wide(one.evidenceSha256 ?? "无佐证文件"),
  ]);
  const head = [columns.indicator, columns.name, "期间", columns.value, "状态", "申报人", "核验人", "佐证文件 SHA-256"];
  return `<h2>申报项</h2><p class="muted">由人员申报并附佐证文件；仅经第二人核验通过的计分。</p>${htmlTable(head, rows, [13, 38, 16, 24, 15, 18, 18, 40])}`;
}

function amendmentSection({ amendment, ...document }: AssessmentDocument): string {
  if (!amendment) return "";
  const rows = amendment.effects.map(({ indicator, figure, scope, before, after }) => [
    indicator === totalEffect ? "总分" : figure === null ? indicator : `${indicator} · ${figure}`,
    indicator === totalEffect ? "" : nameOf(indicator, "zh"),
    wide(scopeName(document, scope)),
    number(before === null ? "–" : numberText(before, 6)),
    number(after === null ? "–" : numberText(after, 6)),
  ]);
  return `<h2>更正</h2>${facts([
    ["原因", amendment.reason],
    ["提出人", amendment.author],
  ])}${htmlTable([columns.indicator, columns.name, columns.scope, "原版本", "本版本"], rows)}`;
}

function verifySection(document: AssessmentDocument, seal: Seal): string {
  if (!seal) return "<h2>核验</h2><p>本报告为暂定，未封存，数值仍会变化。</p>";
  return `<h2>核验</h2><p>本报告是证据包的一部分。包内 HOW-TO-VERIFY.zh.txt 说明如何离线核验哈希链与签名，以及如何由原始数据重新计算；任何一个字节的改动都会被发现。</p>
<p>第 ${document.version} 版链末哈希：<br><code>${seal.lastHash}</code></p>`;
}
