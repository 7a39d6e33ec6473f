const zh = {
  title: "边缘网关状态",
  device: "装置",
  connection: "连接",
  connecting: "正在连接",
  connected: "已连接",
  lost: "连接中断",
  since: "自",
  lastData: "最新数据",
  never: "从未",
  tags: "位号",
  bad: "坏值",
  unread: "未读到",
  cadence: "采集节拍",
  latency: "应答时间 p50 / p99",
  certificate: "证书剩余",
  days: "天",
  lastError: "最近错误",
  warnings: "长期警告",
  outbox: "待确认批",
  losses: "放弃的批",
  plant: "配置文件",
  loaded: "载入于",
  refused: "新配置被拒绝，仍按原配置运行",
  refreshed: "每 5 秒刷新",
  none: "无装置",
  other: "English",
} as const;

export type StatusTexts = Readonly<Record<keyof typeof zh, string>>;

const en: StatusTexts = {
  title: "Edge gateway status",
  device: "Device",
  connection: "Connection",
  connecting: "connecting",
  connected: "connected",
  lost: "lost",
  since: "since",
  lastData: "Last data",
  never: "never",
  tags: "Tags",
  bad: "bad",
  unread: "not read yet",
  cadence: "Cadence kept",
  latency: "Answer p50 / p99",
  certificate: "Certificate left",
  days: "days",
  lastError: "Last error",
  warnings: "Standing warnings",
  outbox: "Batches to be acknowledged",
  losses: "Batches given up",
  plant: "Plant model",
  loaded: "loaded",
  refused: "The new plant model is refused; the old one stays in force",
  refreshed: "renewed every 5 s",
  none: "no devices",
  other: "中文",
};

export const statusTexts = { zh, en } as const;
export type StatusLanguage = keyof typeof statusTexts;

/** The language asked for by `?lang=`, else the browser's, else Chinese. */
export function languageOf(asked: string | null, accepted: string | undefined): StatusLanguage {
  if (asked === "en" || asked === "zh") return asked;
  const first = accepted?.trim().toLowerCase() ?? "";
  return first.startsWith("en") ? "en" : "zh";
}
