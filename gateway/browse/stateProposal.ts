import type { EquipmentState } from "#shared/model/equipment.ts";

/** Words by which machines name their states, and the SEMI E10 state that they mostly mean. The first that fits holds. */
const usual: readonly (readonly [word: RegExp, state: EquipmentState])[] = [
  [/fault|error|fail|alarm|emergency|abort|故障|报警|急停|异常/i, "UDT"],
  [/maint|service|set-?up|clean|calibrat|cip|sip|维护|保养|检修|清洗|校准|准备/i, "SDT"],
  [/\boff\b|power(ed)? down|关机|断电/i, "NST"],
  [/idle|stand-?by|ready|stop|wait|hold|pause|空闲|待机|就绪|停止|等待|暂停/i, "SBY"],
  [/run|produc|auto|execut|\bon\b|运行|生产|自动/i, "PRD"],
  [/test|engineer|manual|trial|试验|工程|手动|调试/i, "ENG"],
];

/** A first guess per value, for somebody to judge; UNK where the word says nothing. */
export const proposeStates = (texts: Readonly<Record<string, string>>): Readonly<Record<string, EquipmentState>> =>
  Object.fromEntries(
    Object.entries(texts).map(([value, text]): [string, EquipmentState] => [
      value,
      usual.find(([word]) => word.test(text))?.[1] ?? "UNK",
    ]),
  );
