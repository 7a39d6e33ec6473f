/** What the caller does with an error: try again later, refuse this input for good, or stop the process. */
export type Verdict = "retry" | "reject" | "fatal";

/**
 * Every code that an error or a bad sample can carry. Few and protocol-neutral: the protocol's own words go into
 * the detail, so a new driver adds no code. `zh` and `en` are what a page shows; `help` says what to do.
 */
export const errorCodes = {
  NOT_CONNECTED: {
    verdict: "retry",
    en: "not connected",
    zh: "未连接",
    help: "Check power, cable and address of the device; the gateway keeps trying.",
  },
  TIMEOUT: {
    verdict: "retry",
    en: "no answer in time",
    zh: "应答超时",
    help: "Check the device's load and the configured timeout.",
  },
  ADDRESS_UNKNOWN: {
    verdict: "reject",
    en: "address unknown to the device",
    zh: "地址不存在",
    help: "Compare the tag's address with the device's own list.",
  },
  OUT_OF_RANGE: {
    verdict: "reject",
    en: "value out of range",
    zh: "数值超范围",
    help: "Compare the tag's type, scale and range with the instrument.",
  },
  NOT_A_NUMBER: {
    verdict: "reject",
    en: "not a number",
    zh: "非数值",
    help: "The instrument reports no valid measurement; check the sensor.",
  },
  WRONG_TYPE: {
    verdict: "reject",
    en: "value of another type",
    zh: "类型不符",
    help: "Compare the tag's type in plant.yaml with the device's.",
  },
  DEVICE_FAULT: {
    verdict: "retry",
    en: "device reports a fault",
    zh: "装置报告故障",
    help: "Read the device's own diagnostics; the detail carries its code.",
  },
  STALE: {
    verdict: "retry",
    en: "data too old",
    zh: "数据过期",
    help: "The device answers but delivers no new data; check its own inputs.",
  },
  BUSY: {
    verdict: "retry",
    en: "device is busy",
    zh: "装置忙",
    help: "Poll less often, or give the device a rest between requests (polling.pauseMs).",
  },
  INVALID_MARKER: {
    verdict: "reject",
    en: "instrument says it has no value",
    zh: "仪表报告无有效值",
    help: "The raw value is one of the tag's `invalid` markers: check the sensor and its wiring.",
  },
  CLOCK_SUSPECT: {
    verdict: "retry",
    en: "clock of the source is off",
    zh: "时钟可疑",
    help: "Set the device's clock, by NTP where it can; see the gateway's status page for the difference.",
  },
  CALIBRATION_OVERDUE: {
    verdict: "reject",
    en: "calibration overdue",
    zh: "检定/校准超期",
    help: "Have the instrument calibrated and write the new `calibration.due` into plant.yaml.",
  },
  UNTRUSTED: {
    verdict: "retry",
    en: "certificate not trusted",
    zh: "证书未受信任",
    help: "Compare the thumbprint with the server's own display, then run the `trust` command that the detail names.",
  },
  MALFORMED: {
    verdict: "reject",
    en: "cannot be decoded",
    zh: "无法解析",
    help: "The message is kept in the dead letter with its reason; check the sender's version.",
  },
  UNKNOWN_ALIAS: {
    verdict: "retry",
    en: "metric not announced in a birth",
    zh: "未声明的度量",
    help: "A rebirth is requested; no action needed unless it repeats.",
  },
  QUEUE_FULL: {
    verdict: "retry",
    en: "queue is full",
    zh: "队列已满",
    help: "Check that the host stores and acknowledges; see its log.",
  },
  STORE_UNAVAILABLE: {
    verdict: "retry",
    en: "store does not answer",
    zh: "存储不可用",
    help: "Check the store's address, credential and disk.",
  },
  DISK: {
    verdict: "retry",
    en: "disk cannot be written",
    zh: "磁盘写入失败",
    help: "Check free space and permissions of the data folder.",
  },
  DAMAGED: {
    verdict: "reject",
    en: "stored data is damaged",
    zh: "数据损坏",
    help: "The damaged part was moved aside, see the named file; restore it from a backup.",
  },
  CONFIG: {
    verdict: "fatal",
    en: "configuration is wrong",
    zh: "配置错误",
    help: "Run `npm run pilotline -- check <plant.yaml>`; it names line, key and remedy.",
  },
  FORBIDDEN: {
    verdict: "reject",
    en: "not allowed",
    zh: "无权限",
    help: "Ask an administrator for the role that this needs.",
  },
  NOT_FOUND: {
    verdict: "reject",
    en: "not found",
    zh: "未找到",
    help: "Check the id; it may have been renamed in plant.yaml.",
  },
  CONFLICT: {
    verdict: "reject",
    en: "state has changed meanwhile",
    zh: "状态已变化",
    help: "Load the current state and decide again.",
  },
  UNKNOWN: { verdict: "retry", en: "unknown", zh: "未知", help: "See the detail and the log." },
} as const satisfies Record<string, { verdict: Verdict; en: string; zh: string; help: string }>;

export type ErrorCode = keyof typeof errorCodes;

export const isErrorCode = (text: string): text is ErrorCode => Object.hasOwn(errorCodes, text);

/** An error with a stable code. `detail` says what happened and where (file, key, line; device, tag, address). */
export class CodedError extends Error {
  readonly code: ErrorCode;
  readonly detail: string;

  constructor(code: ErrorCode, detail: string, options?: ErrorOptions) {
    super(`${code}: ${detail}`, options);
    this.name = "CodedError";
    this.code = code;
    this.detail = detail;
  }

  get verdict(): Verdict {
    return errorCodes[this.code].verdict;
  }
}

/** Whatever was thrown, as one line for a log or a report. */
export const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));
