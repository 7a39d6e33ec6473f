import type { SystemFigure } from "./systemFigures.ts";

/**
 * Limits are proposals of this project: no standard gives them. Silence and blocked stores are raised within 10 s of
 * their begin.
 */
export const ofIngest = [
  {
    id: "store-outage",
    name: { zh: "历史库停写", en: "Store takes nothing" },
    unit: "s",
    kind: "high",
    limit: 5,
    priority: "high",
    guidance: {
      cause: { zh: "数据库停机、磁盘已满或无权限。", en: "The database is down, its disk is full, or it refuses us." },
      response: {
        zh: "查看系统页的原因并恢复；数据留在网关，恢复后自动补齐。",
        en: "Look at the cause on the system page and cure it; the data waits in the gateways and follows by itself.",
      },
    },
  },
  {
    id: "unsaved-alarm-events",
    name: { zh: "报警记录无法写入", en: "Alarm journal cannot be written" },
    unit: "1",
    kind: "high",
    limit: 1,
    onDelayMs: 2_000,
    priority: "critical",
    guidance: {
      cause: { zh: "记录库所在磁盘已满或损坏。", en: "The disk of the records is full or failing." },
      response: {
        zh: "立即腾出磁盘空间；报警此时不能发布。",
        en: "Make room at once: alarms are not shown meanwhile.",
      },
    },
  },
  {
    id: "indicators-failed",
    name: { zh: "指标计算失败", en: "Indicators cannot be computed" },
    unit: "1",
    kind: "high",
    limit: 1,
    onDelayMs: 5_000,
    priority: "medium",
    guidance: { response: { zh: "查看 ingest 日志。", en: "Look at the log of ingest." } },
  },
  {
    id: "damage",
    name: { zh: "历史或记录损坏", en: "History or records damaged" },
    unit: "1",
    kind: "high",
    limit: 1,
    priority: "high",
    guidance: {
      cause: { zh: "磁盘故障，或文件被外部改动。", en: "A failing disk, or a file that something else changed." },
      response: {
        zh: "查看系统页的原因；从备份恢复（store restore），再移走损坏的副本。",
        en: "Look at the cause on the system page; restore from a backup (`store restore`), then take the damaged copy away.",
      },
    },
  },
  {
    id: "brokers-away",
    name: { zh: "有消息服务器未连接", en: "A broker is away" },
    unit: "1",
    kind: "high",
    limit: 1,
    onDelayMs: 10_000,
    priority: "medium",
    guidance: {
      cause: { zh: "备用消息服务器停机或网络中断。", en: "One of several brokers is down, or the way to it." },
      response: {
        zh: "恢复该消息服务器；在此之前没有后备。",
        en: "Bring that broker back: until then there is nothing to fall back on.",
      },
    },
  },
  {
    id: "loop-delay",
    name: { zh: "报警引擎迟滞", en: "Alarm engine is late" },
    unit: "s",
    decimals: 1,
    kind: "high",
    limit: 2,
    deadband: 1,
    priority: "high",
    guidance: {
      cause: { zh: "处理器过载。", en: "The processor is overloaded." },
      response: { zh: "减轻这台服务器的负载。", en: "Take load off this server." },
    },
  },
  {
    id: "disk-free",
    name: { zh: "数据盘剩余空间", en: "Free space of the data disk" },
    unit: "%",
    decimals: 1,
    kind: "low",
    limit: 10,
    deadband: 2,
    priority: "high",
    guidance: {
      response: { zh: "清理磁盘，或缩短保留期（retention）。", en: "Make room, or shorten `retention` in plant.yaml." },
    },
  },
  {
    id: "certificate-days",
    name: { zh: "消息服务器证书剩余天数", en: "Days left of the broker's certificate" },
    unit: "d",
    decimals: 0,
    kind: "low",
    limit: 30,
    priority: "medium",
    guidance: { response: { zh: "更换 --tls-cert 证书。", en: "Replace the certificate of --tls-cert." } },
  },
  {
    id: "broker-outage",
    name: { zh: "与消息服务器断开", en: "No session with the broker" },
    unit: "s",
    kind: "high",
    limit: 5,
    priority: "high",
    guidance: {
      response: { zh: "检查消息服务器和网络。", en: "Look at the broker and the network between." },
    },
  },
  {
    id: "notification-channels-dead",
    name: { zh: "报警通知渠道失效", en: "Notification channels that are dead" },
    unit: "1",
    kind: "high",
    limit: 1,
    priority: "high",
    guidance: {
      cause: {
        zh: "对方服务器停机、机器人被停用、密码或签名已更换。",
        en: "Its server is down, the robot was removed, or password or signature have changed.",
      },
      response: {
        zh: "系统页列出渠道与原因；修复后用 `notify test` 验证。",
        en: "The system page names channel and cause; cure it and prove it by `notify test`.",
      },
    },
  },
  {
    id: "alarms-unheard",
    name: { zh: "报警无人可通知", en: "Alarms of which nobody could be told" },
    unit: "1",
    kind: "high",
    limit: 1,
    priority: "high",
    guidance: {
      cause: { zh: "值班表此时无人。", en: "The rosters have nobody on duty at this hour." },
      response: { zh: "立即处理报警，并补全值班表。", en: "See to the alarms at once, and complete the rosters." },
    },
  },
  {
    id: "notification-delay",
    name: { zh: "通知未送出", en: "Notification undelivered" },
    unit: "s",
    kind: "high",
    limit: 60,
    priority: "high",
    guidance: {
      cause: { zh: "所有渠道都不接收。", en: "No channel takes it." },
      response: { zh: "用 `notify list` 查看原因。", en: "See the cause by `notify list`." },
    },
  },
] as const satisfies readonly SystemFigure[];
