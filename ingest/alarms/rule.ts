import { inputsOf } from "#shared/plant/alarmRules/registry.ts";
import { valueTypeOf } from "#shared/plant/expression/expression.ts";
import type { PlantAlarm } from "#shared/plant/plant.ts";
import type { Condition } from "./kinds/kind.ts";
import { conditionOf } from "./kinds/registry.ts";

/** A rule as the state machine runs it. */
export interface AlarmRule {
  readonly condition: Condition;
  readonly onDelayMs: number;
  readonly offDelayMs: number;
  /** The alarm stays when its condition ends, until it is reset. */
  readonly latching: boolean;
}

/** The rule of a plant's alarm. */
export function alarmRuleOf({ tag, inputs, rule }: PlantAlarm): AlarmRule {
  const { equipment, config, info } = tag;
  const condition = conditionOf(rule, {
    inputs: inputsOf(rule),
    gapAfterMs: info.gapAfterMs,
    stateMap: equipment.state?.tag === config.id ? equipment.state.map : null,
    typeOf: (name) => {
      const found = inputs.find((input) => `${input.equipment.id}/${input.config.id}` === name);
      return found && valueTypeOf(found.config.type);
    },
  });
  const { onDelayMs, offDelayMs, latching } = rule;
  return { condition, onDelayMs, offDelayMs, latching };
}
