/** Words of importing records from a table. */
export const importsZh = {
  import: "导入 CSV…",
  importOf: (what: string) => `导入 CSV：${what}`,
  export: "导出 CSV",
  exportOf: (what: string) => `导出 CSV：${what}`,
  help: "表格的列与导出的 CSV 相同，可用 Excel 或 WPS 编辑。选择文件后先试运行，不写入任何内容；已有的记录不会重复导入。",
  file: "CSV 文件",
  choose: "请先选择文件。",
  trying: "试运行中…",
  would: (added: number, there: number) =>
    there > 0 ? `将新增 ${added} 条；${there} 条已存在。` : `将新增 ${added} 条。`,
  nothing: (there: number) => (there > 0 ? `没有新内容：${there} 条均已存在。` : "文件中没有记录。"),
  problems: (n: number) => `${n} 处错误，未导入任何内容。请在文件中改正后重新选择。`,
  line: "行",
  column: "列",
  problem: "问题",
  more: (n: number) => `另有 ${n} 处`,
  submit: (added: number) => (added > 0 ? `导入 ${added} 条` : "导入"),
};

/** What the server says of a line, in its own words and in Chinese. */
const inChinese: readonly (readonly [RegExp, string])[] = [
  [/^the cell is empty$/, "单元格为空"],
  [/^the column is missing$/, "缺少此列"],
  [/^a quote is never closed$/, "引号没有闭合"],
  [/^`(.*)` is none of (.*)$/, "`$1` 不是下列之一：$2"],
  [/^`(.*)` is no number of at least 0$/, "`$1` 不是不小于 0 的数"],
  [/^`(.*)` is no time; write (.*)$/, "`$1` 不是时间，应写作 $2"],
  [/^`(.*)` is no day; write (.*)$/, "`$1` 不是日期，应写作 $2"],
  [/^`(.*)` is no period; write (.*), (.*) or (.*)$/, "`$1` 不是期间，应写作 $2、$3 或 $4"],
  [/^`(.*)` is no id: .*$/, "代号 `$1` 无效：只用字母、数字、_ 和 -"],
  [/^`(.*)` has not 18 digits and capital letters$/, "`$1` 不是 18 位数字和大写字母"],
  [/^there is no tenant `(.*?)`.*$/, "没有租户 `$1`，请先登记"],
  [/^there is no project `(.*?)`.*$/, "没有项目 `$1`，请先登记"],
  [/^there is no line `(.*?)`.*$/, "没有产线 `$1`"],
  [/^there is no equipment `(.*?)`.*$/, "没有设备 `$1`"],
  [/^line `(.*?)` has no equipment `(.*?)`.*$/, "产线 `$1` 没有设备 `$2`"],
  [/^an equipment is named twice$/, "同一设备写了两次"],
  [/^tenant `(.*)` is not active any more$/, "租户 `$1` 已停用"],
  [/^project `(.*)` is closed$/, "项目 `$1` 已停用"],
  [/^project `(.*)` is one of tenant `(.*)`, not of `(.*)`$/, "项目 `$1` 属于租户 `$2`，不属于 `$3`"],
  [/^a run cannot begin in the future.*$/, "批次不能在将来开始，请改为预约"],
  [/^a run ends after it begins$/, "批次的结束应晚于开始"],
  [/^a run cannot end in the future$/, "批次不能在将来结束"],
  [/^a run that is \w+ has an end$/, "已结束的批次应有结束时间"],
  [/^a run with an end is completed or aborted$/, "有结束时间的批次应为 completed 或 aborted"],
  [/^say why the run was aborted$/, "请写明中止原因"],
  [/^the good quantity is not larger than the produced one$/, "合格量不应大于产量"],
  [/^a booking ends after it begins$/, "预约的结束应晚于开始"],
  [/^a booking is not longer than a year$/, "预约不能超过一年"],
  [
    /^(.*) is booked for `(.*)` in this time \(one before it in this import\)$/,
    "$1 在此时段已由文件中前面的预约（`$2`）占用",
  ],
  [/^(.*) is booked for `(.*)` in this time \((.*)\)$/, "$1 在此时段已由 `$2` 预约（$3）"],
  [/^`(.*)` is not declared: .*$/, "`$1` 不是申报项"],
  [/^water has one price: .*$/, "水只有一个价格，此格应留空"],
  [/^list `(.*)` says `(.*)` further up$/, "价格表 `$1` 在前面的行中写的是 `$2`"],
  [/^the price is there further up$/, "此价格在前面已有"],
];

/** A problem of a line in Chinese; as the server says it where it is of another kind. */
export function problemZh(what: string): string {
  const found = inChinese.find(([pattern]) => pattern.test(what));
  return found ? what.replace(found[0], found[1]) : what;
}
