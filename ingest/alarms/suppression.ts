import { isHidden, isStanding } from "#shared/model/alarm.ts";
import { type EquipmentState, equipmentStates } from "#shared/model/equipment.ts";
import { stateOf } from "#shared/model/equipmentState.ts";
import type { Sample, TagId } from "#shared/model/sample.ts";
import type { LocalText } from "#shared/model/text.ts";
import type { EpochMs } from "#shared/model/time.ts";
import type { Alarm } from "./alarm.ts";

/** Active, and seen by a person: what is hidden itself says nothing, so it may hide nothing. */
const speaks = ({ memory: { state } }: Alarm): boolean => state === "UNACK" || state === "ACKED";

const both = (text: LocalText): { zh: string; en: string } => ({ zh: text.zh, en: text.en ?? text.zh });

function stateText(name: LocalText, state: EquipmentState): LocalText {
  const [equipment, word] = [both(name), equipmentStates[state]];
  return { zh: `${equipment.zh}：${word.zh}`, en: `${equipment.en}: ${word.en}` };
}

function alarmText({ plant: { rule } }: Alarm): LocalText {
  const { zh, en } = both(rule.name);
  return { zh: `已有报警“${zh}”`, en: `“${en}” says it already` };
}

/** Which alarms the design suppresses, by the states of equipment and by other alarms. */
export class Suppression {
  #states = new Map<TagId, { readonly at: EpochMs; readonly state: EquipmentState }>();
  #byStateTag = new Map<TagId, Alarm[]>();
  #dependents = new Map<Alarm, Alarm[]>();
  #eclipsedBy = new Map<Alarm, readonly Alarm[]>();
  #groups = new Map<Alarm, readonly Alarm[]>();

  constructor(alarms: readonly Alarm[]) {
    const byId = new Map(alarms.map((alarm) => [alarm.plant.id, alarm]));
    const prefixOf = ({ plant: { id, rule } }: Alarm): string => id.slice(0, id.length - rule.id.length);
    const groups = Map.groupBy(alarms, (alarm) => {
      const { group } = alarm.plant.rule.suppress ?? {};
      return group === undefined ? undefined : prefixOf(alarm) + group;
    });
    for (const [name, members] of groups) {
      if (name === undefined) continue;
      for (const member of members) {
        this.#groups.set(member, members);
        this.#dependents.set(member, [...members]);
      }
    }
    for (const alarm of alarms) {
      const { stateTag, rule } = alarm.plant;
      if (stateTag) this.#byStateTag.set(stateTag.id, [...(this.#byStateTag.get(stateTag.id) ?? []), alarm]);
      const over = (rule.suppress?.alarms ?? []).flatMap((id) => byId.get(prefixOf(alarm) + id) ?? []);
      this.#eclipsedBy.set(alarm, over);
      for (const other of over) this.#dependents.set(other, [...(this.#dependents.get(other) ?? []), alarm]);
    }
  }

  /** The alarms in an order in which each comes behind those that eclipse it. */
  ordered(alarms: readonly Alarm[]): readonly Alarm[] {
    const placed = new Set<Alarm>();
    const place = (alarm: Alarm): void => {
      if (placed.has(alarm)) return;
      for (const over of this.#eclipsedBy.get(alarm) ?? []) place(over);
      placed.add(alarm);
    };
    for (const alarm of alarms) place(alarm);
    return [...placed];
  }

  /** Tags whose values are states that suppress. */
  get stateTags(): readonly TagId[] {
    return [...this.#byStateTag.keys()];
  }

  /** Takes a state; the alarms that may be affected. */
  useState(sample: Sample): readonly Alarm[] {
    const alarms = this.#byStateTag.get(sample.tag);
    const stateTag = alarms?.[0]?.plant.stateTag;
    if (!alarms || !stateTag) return [];
    const known = this.#states.get(sample.tag);
    if (known && sample.at <= known.at) return [];
    // Of a bad sample nobody knows the state: what would be suppressed is shown.
    const state = stateOf(stateTag.equipment.state?.map ?? {}, sample);
    this.#states.set(sample.tag, { at: sample.at, state });
    return known?.state === state ? [] : alarms;
  }

  /** Alarms that the state of this one may suppress, or itself in a group. */
  dependentsOf(alarm: Alarm): readonly Alarm[] {
    return this.#dependents.get(alarm) ?? [];
  }

  /** Why the alarm is suppressed now; null where it is not. */
  causeOf(alarm: Alarm): LocalText | null {
    const { stateTag, rule } = alarm.plant;
    const state = stateTag && this.#states.get(stateTag.id)?.state;
    if (stateTag && state && rule.suppress?.states.includes(state)) return stateText(stateTag.equipment.name, state);
    const over = this.#eclipsedBy.get(alarm)?.find(speaks);
    if (over) return alarmText(over);
    // Whoever is shown already was first, or still waits for an acknowledgement.
    const { memory } = alarm;
    if (isStanding(memory.state) && !isHidden(memory.state)) return null;
    const first = this.#groups.get(alarm)?.find((member) => member !== alarm && speaks(member));
    return first ? alarmText(first) : null;
  }
}
