/** SEMI E10 states, with UNK where there is no evidence (D11). 中文 as in the indicator catalogue, U-TM. */
export const equipmentStates = {
  PRD: { zh: "生产/中试运行", en: "productive" },
  SBY: { zh: "待机", en: "standby" },
  ENG: { zh: "工程", en: "engineering" },
  SDT: { zh: "计划停机", en: "scheduled down" },
  UDT: { zh: "非计划停机", en: "unscheduled down" },
  NST: { zh: "非计划时间", en: "non-scheduled" },
  UNK: { zh: "未知", en: "unknown" },
} as const;

export type EquipmentState = keyof typeof equipmentStates;

export const isEquipmentState = (text: string): text is EquipmentState => Object.hasOwn(equipmentStates, text);
