import { type ComputedRef, computed } from "vue";
import type { OperationHead } from "#shared/model/operation.ts";
import { useServices } from "../services.ts";
import { operationWords } from "../text/operationWords.ts";

/** How pages about a period and a scope name things. */
export function useOperationText(head: () => OperationHead) {
  const { plant, text } = useServices();
  const words = operationWords(text);
  /** The last part of a scope by its name. */
  const nameOf = (scope: string): string => {
    const [, line, equipment] = scope.split("/");
    const found = line === undefined ? undefined : plant.line(line);
    if (line === undefined) return plant.plant.value ? text.name(plant.plant.value.platform.name) : scope;
    const machine = found?.equipment.find(({ id }) => id === equipment);
    if (equipment === undefined) return found ? text.name(found.name) : line;
    return machine ? text.name(machine.name) : equipment;
  };
  const stamp = (at: number): string => text.formats.value.full(Math.floor(at / 1_000) * 1_000);
  const about: ComputedRef<readonly (readonly [string, string])[]> = computed(() => {
    const { period, scope, until } = head();
    const { file } = words.value;
    return [
      [file.period, period],
      [file.scope, scope],
      [file.zone, text.zone.value],
      [file.until, stamp(until)],
    ];
  });
  /** Name of a file with a table of this period and scope. */
  const fileOf = (what: string): string => `${head().scope.replaceAll("/", "-")}_${head().period}_${what}`;
  const reason = (code: string | null): string => (code === null ? "" : (words.value.reasons[code] ?? code));
  /** A scope as a table names it: the line before its equipment. */
  const placeOf = (scope: string): string => {
    const [platform, line, equipment] = scope.split("/");
    return equipment === undefined ? nameOf(scope) : `${nameOf(`${platform}/${line}`)} · ${nameOf(scope)}`;
  };
  const list = (names: readonly string[]): string => names.join(text.locale.value === "en" ? ", " : "、");
  return { words, nameOf, placeOf, stamp, about, fileOf, reason, list };
}
