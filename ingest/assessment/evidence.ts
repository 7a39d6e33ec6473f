import { csvCell } from "#shared/kit/csv.ts";
import { writeZip, type ZipFile } from "#shared/kit/zip.ts";
import type { AssessedFigure, EvidenceUse } from "#shared/model/assessment.ts";
import type { Period } from "#shared/model/calendar.ts";
import { type IndicatorId, isIndicatorId } from "#shared/model/catalogue/catalogue.ts";
import type { AlarmFact, FigureInputs, Figures, StateStretch } from "../indicators/figures.ts";

type Sample = FigureInputs["readings"][number];

/** Names of the evidence files within a pack. */
export const evidenceFiles = {
  states: "evidence/states.csv",
  readings: "evidence/readings.csv",
  alarms: "evidence/alarms.csv",
  uses: "evidence/uses.json",
} as const;

const iso = (at: number): string => new Date(at).toISOString();
const csv = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  `${[head, ...rows].map((cells) => cells.map((cell) => csvCell(String(cell))).join(",")).join("\r\n")}\r\n`;
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Everything that the figures of a month rest on, each fact once; collected line by line. */
class Evidence {
  readonly states = new Map<string, StateStretch>();
  readonly readings = new Map<string, Sample>();
  readonly alarms = new Map<number, AlarmFact>();
  readonly uses: EvidenceUse[] = [];

  add(indicator: string, scope: string, inputs: FigureInputs): void {
    for (const stretch of inputs.states) this.states.set(`${stretch.equipment} ${stretch.from}`, stretch);
    for (const sample of inputs.readings) this.readings.set(`${sample.tag} ${sample.at}`, sample);
    for (const alarm of inputs.alarms) this.alarms.set(alarm.seq, alarm);
    this.uses.push({
      indicator,
      scope,
      equipment: [...new Set(inputs.states.map(({ equipment }) => equipment))].sort(),
      tags: [...new Set(inputs.readings.map(({ tag }) => tag))].sort(),
      alarms: [...new Set(inputs.alarms.map(({ alarm }) => alarm))].sort(),
      runs: inputs.runs,
      bookings: inputs.bookings,
      isCut: inputs.isCut,
    });
  }

  files(): readonly ZipFile[] {
    const states = [...this.states.values()].toSorted((a, b) => compare(a.equipment, b.equipment) || a.from - b.from);
    const readings = [...this.readings.values()].toSorted((a, b) => compare(a.tag, b.tag) || a.at - b.at);
    const alarms = [...this.alarms.values()].toSorted((a, b) => a.seq - b.seq);
    const file = (name: string, text: string): ZipFile => ({ name, bytes: Buffer.from(text, "utf8") });
    return [
      file(
        evidenceFiles.states,
        csv(
          ["equipment", "state", "origin", "from", "to", "seconds"],
          states.map(({ equipment, state, origin, from, to }) => [
            equipment,
            state,
            origin,
            iso(from),
            iso(to),
            (to - from) / 1_000,
          ]),
        ),
      ),
      file(
        evidenceFiles.readings,
        csv(
          ["tag", "at", "value", "quality"],
          readings.map(({ tag, at, value, quality }) => [tag, iso(at), value === null ? "" : String(value), quality]),
        ),
      ),
      file(
        evidenceFiles.alarms,
        csv(
          ["seq", "alarm", "transition", "at"],
          alarms.map(({ seq, alarm, transition, at }) => [seq, alarm, transition, iso(at)]),
        ),
      ),
      file(evidenceFiles.uses, `${JSON.stringify(this.uses)}\n`),
    ];
  }
}

/** A line's scope has one slash; what lies below it is in the line's facts. */
const isLine = (scope: string): boolean => scope.split("/").length === 2;

/** The evidence files of a month, as an archive: what its figures counted, line by line. */
export async function gatherEvidence(
  figures: Pick<Figures, "inputs">,
  results: readonly AssessedFigure[],
  period: Period,
): Promise<Buffer> {
  const evidence = new Evidence();
  for (const { indicator, scope, value } of results) {
    if (value === null || !isLine(scope) || !isIndicatorId(indicator)) continue;
    evidence.add(indicator, scope, await figures.inputs(indicator satisfies IndicatorId, scope, period));
  }
  return writeZip(evidence.files());
}
