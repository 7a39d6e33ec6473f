/** A sentence in both languages. */
interface Words {
  readonly zh: string;
  readonly en: string;
}

/** Why a figure has no value, or an item of the score no points. Results name it by the key. */
const reasons: Readonly<Record<string, Words>> = {
  no_input: { zh: "模型中没有相应配置", en: "the plant model has no input for it" },
  no_data: { zh: "没有数据", en: "no data" },
  zero_denominator: { zh: "分母为零：周期内没有可计的基数", en: "nothing to divide by in the period" },
  not_at_this_scope: { zh: "仅在其他范围计算", en: "computed at another scope only" },
  not_applicable: { zh: "不适用", en: "does not apply" },
  not_declared: { zh: "尚未申报", en: "nothing was declared" },
  not_sealed: { zh: "没有已封存的周期", en: "no period is sealed" },
  nothing_due: { zh: "本周期无到期项", en: "nothing was due" },
  nothing_restored: { zh: "没有完成的修复", en: "nothing was restored" },
  no_failures: { zh: "没有故障", en: "no failures" },
  no_alarms: { zh: "没有报警", en: "no alarms" },
  no_ended_runs: { zh: "没有结束的批次", en: "no run has ended" },
  no_quantities: { zh: "批次没有产量记录", en: "runs have no quantities" },
  no_planned_run_time: { zh: "批次没有计划节拍", en: "runs have no planned time per unit" },
  mixed_units: { zh: "批次的数量单位不一致", en: "runs count in different units" },
  no_position_staffed: { zh: "无人值守", en: "nobody was on duty" },
  no_original_value: { zh: "没有设备原值", en: "no original value of equipment" },
  no_main_meter: { zh: "没有总表", en: "no main meter" },
  no_tariff: { zh: "没有分时电价", en: "no tariff" },
  no_grid_region: { zh: "没有指明电网区域", en: "no grid region" },
  no_grid_factor: { zh: "没有电网排放因子", en: "no grid factor" },
  no_baseline: { zh: "没有能源基准", en: "no baseline" },
  no_complete_month: { zh: "没有数据完整的月份", en: "no complete month" },
  no_valid_window: { zh: "没有有效的时窗", en: "no valid window" },
  no_valid_hour: { zh: "没有有效小时", en: "no valid hour" },
  no_energy: { zh: "没有用电", en: "no energy was used" },
  no_coefficient: { zh: "缺少折标系数", en: "no coefficient" },
  export_above_generation: { zh: "上网电量大于发电量", en: "more was exported than generated" },
  "no figure of this platform": { zh: "平台没有此项指标", en: "no figure of this platform" },
  "coverage below 0.75": { zh: "覆盖率低于 75 %", en: "coverage below 75 %" },
  "declared, not verified": { zh: "已申报，未核验", en: "declared, not verified" },
  "nothing declared": { zh: "未申报", en: "nothing declared" },
  "the platform has no breakpoints for it": {
    zh: "平台未规定评分点",
    en: "the platform has no breakpoints for it",
  },
};

/** What a figure's reader should know of it. A flag may carry an id behind a colon. */
const flags: Readonly<Record<string, Words>> = {
  indicative: { zh: "周期较短，仅供参考", en: "a short period, indicative only" },
  rating: { zh: "等级", en: "rating" },
  chattering: { zh: "抖动", en: "chattering" },
  few_tags: { zh: "报警位号少于十个", en: "fewer than ten tags" },
  not_compliant: { zh: "不合规", en: "not compliant" },
  no_value: { zh: "缺原值", en: "no original value" },
  below_floor: { zh: "覆盖率低于下限", en: "coverage below the floor" },
  estimated: { zh: "含分摊估算", en: "partly estimated" },
  replacement: { zh: "换表", en: "meter replaced" },
  replacement_inconsistent: { zh: "换表记录不一致", en: "record of a replacement does not fit" },
  spike: { zh: "剔除尖峰", en: "spike left out" },
  jitter: { zh: "剔除抖动", en: "jitter left out" },
  glitch: { zh: "剔除异常读数", en: "glitch left out" },
  rollover: { zh: "表底翻转", en: "register rolled over" },
  reset: { zh: "表底清零", en: "register reset" },
  rejected: { zh: "拒绝异常读数", en: "readings rejected" },
  earlier_factor: { zh: "采用较早年份的因子", en: "factor of an earlier year" },
  months_left_out: { zh: "剔除数据不完整的月份", en: "incomplete months left out" },
  month_not_valid: { zh: "有月份无效", en: "a month is not valid" },
  no_document: { zh: "没有转移联单", en: "no document" },
  runs_without_quantities: { zh: "部分批次没有产量", en: "runs without quantities" },
  effectiveness_over_100: { zh: "效能超过 100 %", en: "effectiveness above 100 %" },
  official_months: { zh: "由正式月度评价汇总", en: "of official months" },
};

const ratings: Readonly<Record<string, Words>> = {
  acceptable: { zh: "可接受", en: "acceptable" },
  manageable: { zh: "可管理", en: "manageable" },
  overloaded: { zh: "过载", en: "overloaded" },
};

/** Further figures under an indicator that a profile scores, by their names. */
const figureNames: Readonly<Record<string, Words>> = {
  per_instrument_and_year: { zh: "每台每年", en: "per instrument and year" },
  per_instrument: { zh: "每台", en: "per instrument" },
  per_day: { zh: "每日", en: "per day" },
  high: { zh: "高优先级", en: "high priority" },
  meets_standard: { zh: "达标", en: "meets the standard" },
  reuse_rate: { zh: "重复利用率", en: "reuse rate" },
};

/** Groups of the shipped score profiles and grades of the shipped scale: named in Chinese, as the documents have them. */
const scoreNames: Readonly<Record<string, string>> = {
  设备利用: "equipment utilisation",
  共享服务: "sharing",
  共享服务·监测: "sharing, measured",
  共享服务·填报: "sharing, declared",
  安全运行: "safety",
  绿色运行: "green operation",
  研究开发: "research and development",
  成果转化: "transfer of results",
  运行效率: "efficiency",
  优秀: "excellent",
  良好: "good",
  合格: "pass",
  不合格: "fail",
};

/** More flags of a kind than these are counted, not named. */
const mostNamed = 2;

const said = (words: Readonly<Record<string, Words>>, text: string, language: keyof Words): string => {
  const [key = "", ...more] = text.split(":");
  const found = Object.hasOwn(words, key) ? words[key]?.[language] : undefined;
  if (found === undefined) return text;
  const detail = more.join(":");
  const of = Object.hasOwn(ratings, detail) ? ratings[detail]?.[language] : detail;
  return detail === "" ? found : language === "zh" ? `${found}：${of}` : `${found}: ${of}`;
};

/** A reason for people; as it is where it is a person's own words. */
export const reasonText = (reason: string, language: keyof Words): string => said(reasons, reason, language);

/** What is known of a figure, each kind of flag once: of many that carry ids only their number is told. */
export function flagTexts(all: readonly string[], language: keyof Words): readonly string[] {
  const kinds = new Map<string, string[]>();
  for (const flag of new Set(all)) {
    const kind = flag.split(":")[0] ?? flag;
    kinds.set(kind, [...(kinds.get(kind) ?? []), flag]);
  }
  return [...kinds].flatMap(([kind, [first = kind, ...more]]) =>
    more.length < mostNamed
      ? [first, ...more].map((flag) => said(flags, flag, language))
      : [`${said(flags, kind, language)} × ${more.length + 1}`],
  );
}
export const figureNameText = (name: string, language: keyof Words): string => said(figureNames, name, language);
/** A group of a score, or a grade; as it is where a platform has named its own. */
export const scoreNameText = (name: string, language: keyof Words): string =>
  language === "en" && Object.hasOwn(scoreNames, name) ? (scoreNames[name] ?? name) : name;
