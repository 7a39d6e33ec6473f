import { type CommandSpec, dataOption, type OptionSpec } from "#shared/kit/command.ts";
import { plantOption } from "#shared/plant/plantOption.ts";
import { storeOptionSpecs } from "#shared/store/registry.ts";

export const command = {
  name: "recompute",
  summary: [
    "Computes the official assessment of a period again from the store, and compares it with what was sealed, byte for",
    "byte. Exit code 1 with the figures that differ: data came late and was not made an amendment, or the plant model",
    "is another. Ingest may run.",
  ].join("\n"),
  options: {
    period: { type: "string", placeholder: "<period>", help: "2026-10, 2026-Q4 or 2026." },
    data: dataOption,
    plant: plantOption,
    json: { type: "boolean", help: "As JSON." },
    ...storeOptionSpecs,
  },
  examples: ["npm run pilotline -- recompute --period 2026-10"],
} as const satisfies CommandSpec<Record<string, OptionSpec>>;
