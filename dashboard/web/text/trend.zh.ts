/** Words of the trend page beyond its first picture. */
export const trendZh = {
  show: "显示",
  limits: "报警限",
  marks: "事件",
  marksOf: "报警与批次",
  alarms: (n: number) => `${n} 条报警记录`,
  raised: "报警",
  commented: "备注",
  by: (user: string) => `（${user}）`,
  more: (n: number) => `另有 ${n} 条`,
  openJournal: "打开报警日志",
  cut: (n: number) => `仅显示最近 ${n} 条报警记录`,
  marksFailed: (what: string) => `报警与批次读取失败：${what}`,
  run: (batch: string, from: string, to: string) => `批次 ${batch}，${from} 至 ${to}`,
  running: "进行中",
};
