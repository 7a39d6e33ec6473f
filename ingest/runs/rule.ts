import type { TagId, TagValue } from "#shared/model/sample.ts";
import { tagId } from "#shared/model/sample.ts";
import type { Plant } from "#shared/plant/plant.ts";
import type { RunRuleConfig } from "#shared/plant/runRuleSchema.ts";

/** A run rule of the plant with its tags by id. */
export interface RunRule {
  /** `<line>/<rule>` */
  readonly id: string;
  readonly line: string;
  readonly config: RunRuleConfig;
  readonly tag: TagId;
  readonly batch: TagId | null;
  readonly project: TagId | null;
}

export const runRules = (plant: Plant): readonly RunRule[] =>
  plant.lines.flatMap((line) =>
    line.runs.map((config): RunRule => {
      const idOf = (name: string): TagId => {
        const [equipment = "", tag = ""] = name.split("/");
        return tagId({ platform: plant.platform.id, line: line.id, equipment, tag });
      };
      return {
        id: `${line.id}/${config.id}`,
        line: line.id,
        config,
        tag: idOf(config.tag),
        batch: config.batch === undefined ? null : idOf(config.batch),
        project: config.project === undefined ? null : idOf(config.project),
      };
    }),
  );

/** What a value of the rule's tag says; where every value is a run of its own, `on` names which. */
export type RunSignal = { readonly on: string | true } | "held" | "aborted" | "off";

/** Values that no batch number is. */
const noBatch = new Set(["", "0", "false"]);

export function signalOf({ running, held, aborted }: RunRuleConfig, value: TagValue): RunSignal {
  const text = String(value);
  if (held.includes(text)) return "held";
  if (aborted.includes(text)) return "aborted";
  if (running) return running.includes(text) ? { on: true } : "off";
  return noBatch.has(text) ? "off" : { on: text };
}
