import type { Fault, OpcuaFault } from "../../faults/catalogue.ts";
import type { Player } from "../../faults/player.ts";
import type { Occurrence } from "../../faults/timeline.ts";

export type OpcuaFaultOf<N extends OpcuaFault["fault"]> = Extract<OpcuaFault, { fault: N }>;

/** A fault that is on. */
export interface Acting {
  readonly occurrence: Occurrence;
  readonly fault: OpcuaFault;
  /** Aborts when the fault ends. */
  readonly signal: AbortSignal;
}

export interface ActingFaults {
  /** Takes in what is on now; answers with what has begun and what has ended. */
  turn(active: readonly Occurrence[]): { readonly begun: readonly Acting[]; readonly ended: readonly Acting[] };
  of<N extends OpcuaFault["fault"]>(name: N): readonly OpcuaFaultOf<N>[];
  /** The first refusal that hits a request. */
  refusal(fits: (fault: OpcuaFaultOf<"opcua.refuse">) => boolean): OpcuaFaultOf<"opcua.refuse"> | undefined;
}

const isOpcua = (fault: Fault): fault is OpcuaFault => fault.fault.startsWith("opcua.");
const isSame = (a: Occurrence, b: Occurrence): boolean => a.step === b.step && a.count === b.count;

/** Which faults of the OPC UA face are on; the dice for a begin are thrown once, those for a refusal at each request. */
export function createActingFaults({ random }: Pick<Player, "random">): ActingFaults {
  let on: readonly (Acting & { readonly end: () => void })[] = [];
  let missed: readonly Occurrence[] = [];
  const hits = (chance: number) => chance === 1 || random() < chance;
  return {
    turn: (active) => {
      const ended = on.filter(({ occurrence }) => !active.some((one) => isSame(one, occurrence)));
      const fresh = active.filter(
        (one) => ![...missed, ...on.map(({ occurrence }) => occurrence)].some((known) => isSame(one, known)),
      );
      missed = missed.filter((one) => active.some((other) => isSame(one, other)));
      const begun = fresh.flatMap((occurrence) => {
        const { fault, chance } = occurrence.step;
        if (!isOpcua(fault)) return [];
        if (fault.fault !== "opcua.refuse" && !hits(chance)) {
          missed = [...missed, occurrence];
          return [];
        }
        const ending = new AbortController();
        return [{ occurrence, fault, signal: ending.signal, end: () => ending.abort() }];
      });
      on = [...on.filter((one) => !ended.includes(one)), ...begun];
      for (const { end } of ended) end();
      return { begun, ended };
    },
    of: <N extends OpcuaFault["fault"]>(name: N) =>
      on.flatMap(({ fault }) => (fault.fault === name ? [fault as OpcuaFaultOf<N>] : [])),
    refusal: (fits) => {
      for (const { fault, occurrence } of on) {
        if (fault.fault === "opcua.refuse" && fits(fault) && hits(occurrence.step.chance)) return fault;
      }
      return undefined;
    },
  };
}
