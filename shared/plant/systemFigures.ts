import type { AlarmGuidance, AlarmPriority } from "#shared/model/alarm.ts";
import type { LocalText } from "#shared/model/text.ts";

/** One measured figure of a part, with the alarm that it raises. A figure that does not apply is not measured. */
export interface SystemFigure {
  readonly id: string;
  readonly name: LocalText;
  /** UCUM */
  readonly unit: string;
  readonly decimals?: number;
  readonly kind: "high" | "low";
  readonly limit: number;
  readonly deadband?: number;
  readonly onDelayMs?: number;
  readonly priority: AlarmPriority;
  readonly guidance: Pick<AlarmGuidance, "cause" | "response">;
}

/**
 * Limits are proposals of this project: no standard gives them. Silence and blocked stores are raised within 10 s of
 * their begin.
 */
export const ofDashboard = [
  {
    id: "silence",
    name: { zh: "页面服务失联", en: "The pages' server is silent" },
    unit: "s",
    kind: "high",
    limit: 7,
    priority: "high",
    guidance: {
      cause: { zh: "进程停止，或与消息服务器断开。", en: "The process stopped, or lost the broker." },
      response: {
        zh: "重启 dashboard；此时页面上看不到报警。",
        en: "Restart the dashboard: nobody sees alarms meanwhile.",
      },
    },
  },
  {
    id: "certificate-days",
    name: { zh: "页面证书剩余天数", en: "Days left of the pages' certificate" },
    unit: "d",
    decimals: 0,
    kind: "low",
    limit: 30,
    priority: "medium",
    guidance: { response: { zh: "更换页面的 --tls-cert 证书。", en: "Replace the pages' certificate (--tls-cert)." } },
  },
] as const satisfies readonly SystemFigure[];

export const ofGateway = [
  {
    id: "silence",
    name: { zh: "网关失联", en: "Gateway is silent" },
    unit: "s",
    kind: "high",
    limit: 7,
    priority: "high",
    guidance: {
      cause: { zh: "网关断电、停机，或网络中断。", en: "No power, a stopped process, or a broken network." },
      response: {
        zh: "检查网关和网络；数据留在网关磁盘，恢复后自动补齐。",
        en: "Look at gateway and network; its data waits on its disk and follows by itself.",
      },
    },
  },
  {
    id: "queue-fill",
    name: { zh: "网关队列占用", en: "Fill of the gateway's queue" },
    unit: "%",
    decimals: 0,
    kind: "high",
    limit: 80,
    deadband: 10,
    priority: "high",
    guidance: {
      response: {
        zh: "尽快恢复上传，或加大 --outbox-quota；队列满后最旧的一般数据会被丢弃并记为缺口。",
        en: "Restore delivery, or raise the quota: once full, the oldest routine data goes and is recorded as a gap.",
      },
    },
  },
  {
    id: "not-durable",
    name: { zh: "网关磁盘不可写", en: "Gateway's disk takes nothing" },
    unit: "1",
    kind: "high",
    limit: 1,
    priority: "high",
    guidance: { response: { zh: "检查网关磁盘。", en: "Look at the gateway's disk." } },
  },
  {
    id: "losses-open",
    name: { zh: "网关丢弃了数据", en: "Gateway gave data up" },
    unit: "1",
    kind: "high",
    limit: 1,
    priority: "medium",
    guidance: { response: { zh: "查看缺口记录（gaps）。", en: "See the gap ledger (command gaps)." } },
  },
  {
    id: "devices-lost",
    name: { zh: "失联的仪表装置", en: "Devices without connection" },
    unit: "1",
    decimals: 0,
    kind: "high",
    limit: 1,
    onDelayMs: 5_000,
    priority: "medium",
    guidance: { response: { zh: "在系统页查看是哪一台。", en: "The system page says which." } },
  },
  {
    id: "clock-offset",
    name: { zh: "网关时钟偏差", en: "Clock offset of the gateway" },
    unit: "s",
    decimals: 1,
    kind: "high",
    limit: 5,
    deadband: 2,
    priority: "medium",
    guidance: { response: { zh: "检查网关的时间同步（NTP）。", en: "Look at the time service (NTP) of the gateway." } },
  },
  {
    id: "certificate-days",
    name: { zh: "仪表证书剩余天数", en: "Days left of a device's certificate" },
    unit: "d",
    decimals: 0,
    kind: "low",
    limit: 30,
    priority: "medium",
    guidance: { response: { zh: "更换证书，见命令 trust。", en: "Replace it; see the command trust." } },
  },
  {
    id: "disk-free",
    name: { zh: "网关磁盘剩余空间", en: "Free space of the gateway's disk" },
    unit: "%",
    decimals: 1,
    kind: "low",
    limit: 10,
    deadband: 2,
    priority: "medium",
    guidance: { response: { zh: "清理网关磁盘。", en: "Make room on the gateway." } },
  },
] as const satisfies readonly SystemFigure[];

export const ofLine = [
  {
    id: "data-age",
    name: { zh: "产线无数据", en: "No data of the line" },
    unit: "s",
    decimals: 0,
    kind: "high",
    limit: 1,
    priority: "high",
    guidance: {
      cause: { zh: "网关、仪表或网络中断。", en: "Gateway, instruments or network are away." },
      response: { zh: "此时页面上的数值不是当前值。", en: "What the pages show of this line is not current." },
    },
  },
] as const satisfies readonly SystemFigure[];
