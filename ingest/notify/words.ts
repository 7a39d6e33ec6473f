import type { AlarmPriority } from "#shared/model/alarm.ts";
import type { Locale } from "#shared/model/text.ts";

/** The words of messages, in one language. */
export interface Words {
  readonly priorities: Readonly<Record<AlarmPriority, string>>;
  readonly alarm: string;
  readonly escalated: string;
  readonly returned: string;
  readonly limit: string;
  readonly response: string;
  readonly respondWithin: (minutes: number) => string;
  readonly link: string;
  readonly summary: (count: number) => string;
  readonly allReturned: (count: number) => string;
  readonly someReturned: (count: number) => string;
  readonly count: (priority: string, count: number) => string;
  readonly more: (count: number) => string;
  readonly testTitle: string;
  readonly testText: string;
  readonly repeat: string;
}

export const words: Readonly<Record<Locale, Words>> = {
  "zh-CN": {
    priorities: { critical: "紧急", high: "高", medium: "中", low: "低" },
    alarm: "报警",
    escalated: "升级通知：尚未确认",
    returned: "报警已恢复",
    limit: "限值",
    response: "处置",
    respondWithin: (minutes) => `${minutes} 分钟内`,
    link: "查看与确认",
    summary: (count) => `${count} 条报警`,
    allReturned: (count) => `${count} 条报警已恢复`,
    someReturned: (count) => `其中 ${count} 条已恢复`,
    count: (priority, count) => `${priority} ${count} 条`,
    more: (count) => `另有 ${count} 条，见报警页面`,
    testTitle: "通知测试",
    testText: "这是一条测试消息，用于证明报警通知的通路正常，无需处置。",
    repeat: "（可能重复）",
  },
  en: {
    priorities: { critical: "critical", high: "high", medium: "medium", low: "low" },
    alarm: "Alarm",
    escalated: "Escalated: not acknowledged yet",
    returned: "Back to normal",
    limit: "limit",
    response: "Response",
    respondWithin: (minutes) => `within ${minutes} min`,
    link: "See and acknowledge",
    summary: (count) => `${count} alarms`,
    allReturned: (count) => `${count} alarms are back to normal`,
    someReturned: (count) => `${count} of them are back to normal`,
    count: (priority, count) => `${count} ${priority}`,
    more: (count) => `${count} more on the alarm page`,
    testTitle: "Notification test",
    testText: "A test message: it proves that alarms reach you. No action is needed.",
    repeat: " (may be a repetition)",
  },
};
