import { csvCell } from "#shared/kit/csv.ts";
import { writeZip, type ZipFile } from "#shared/kit/zip.ts";
import type { AssessedFigure, EvidenceUse } from "#shared/model/assessment.ts";
import type { Period } from "#shared/model/calendar.ts";
import { type IndicatorId, isIndicatorId } from "#shared/model/catalogue/catalogue.ts";
import type { TagId } from "#shared/model/sample.ts";
import type { EpochMs } from "#shared/model/time.ts";
import type { AlarmFact, FigureInputs, Figures, ReadingPage, StateStretch } from "../indicators/figures.ts";

/** Names of the evidence files within a pack. */
export const evidenceFiles = {
  states: "evidence/states.csv",
  readings: (tag: TagId) => `evidence/readings/${tag.split("/").slice(1).join("/")}.csv`,
  alarms: "evidence/alarms.csv",
  uses: "evidence/uses.json",
} as const;

/** Readings of a pack, as many of each tag; their text is some 100 MB before it is packed. */
const mostReadings = 2_000_000;

const iso = (at: number): string => new Date(at).toISOString();
const csv = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  `${[head, ...rows].map((cells) => cells.map((cell) => csvCell(String(cell))).join(",")).join("\r\n")}\r\n`;
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const file = (name: string, text: string): ZipFile => ({ name, bytes: Buffer.from(text, "utf8") });

/** The readings of a tag, page by page; cut off beyond `most`. */
async function readingsCsv(readings: Figures["readings"], tag: TagId, period: Period, most: number) {
  const rows: (readonly string[])[] = [];
  let after: EpochMs | null = null;
  do {
    const page: ReadingPage = await readings(tag, period, after);
    for (const { at, value, quality } of page.samples)
      rows.push([tag, iso(at), value === null ? "" : String(value), quality]);
    after = page.after;
  } while (after !== null && rows.length <= most);
  return { text: csv(["tag", "at", "value", "quality"], rows.slice(0, most)), isCut: rows.length > most };
}

/** Everything that the figures of a month rest on, each fact once; collected line by line. */
class Evidence {
  readonly states = new Map<string, StateStretch>();
  readonly tags = new Set<TagId>();
  readonly alarms = new Map<number, AlarmFact>();
  readonly uses: Omit<EvidenceUse, "isCut">[] = [];

  add(indicator: string, scope: string, inputs: FigureInputs): void {
    for (const stretch of inputs.states) this.states.set(`${stretch.equipment} ${stretch.from}`, stretch);
    for (const tag of inputs.tags) this.tags.add(tag);
    for (const alarm of inputs.alarms) this.alarms.set(alarm.seq, alarm);
    this.uses.push({
      indicator,
      scope,
      equipment: [...new Set(inputs.states.map(({ equipment }) => equipment))].sort(),
      tags: inputs.tags.toSorted(),
      alarms: [...new Set(inputs.alarms.map(({ alarm }) => alarm))].sort(),
      runs: inputs.runs,
      bookings: inputs.bookings,
    });
  }

  /** With the readings of each tag, in a file of its own. */
  async files(readings: Figures["readings"], period: Period): Promise<readonly ZipFile[]> {
    const tags = [...this.tags].sort();
    const cut = new Set<TagId>();
    const ofTags: ZipFile[] = [];
    for (const tag of tags) {
      const { text, isCut } = await readingsCsv(readings, tag, period, Math.floor(mostReadings / tags.length));
      if (isCut) cut.add(tag);
      ofTags.push(file(evidenceFiles.readings(tag), text));
    }
    const states = [...this.states.values()].toSorted((a, b) => compare(a.equipment, b.equipment) || a.from - b.from);
    const alarms = [...this.alarms.values()].toSorted((a, b) => a.seq - b.seq);
    const uses = this.uses.map((use): EvidenceUse => ({ ...use, isCut: use.tags.some((tag) => cut.has(tag)) }));
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
      ...ofTags,
      file(
        evidenceFiles.alarms,
        csv(
          ["seq", "alarm", "transition", "at"],
          alarms.map(({ seq, alarm, transition, at }) => [seq, alarm, transition, iso(at)]),
        ),
      ),
      file(evidenceFiles.uses, `${JSON.stringify(uses)}\n`),
    ];
  }
}

/** A line's scope has one slash; what lies below it is in the line's facts. */
const isLine = (scope: string): boolean => scope.split("/").length === 2;

/** The evidence files of a month, as an archive: what its figures counted, line by line. */
export async function gatherEvidence(
  figures: Pick<Figures, "inputs" | "readings">,
  results: readonly AssessedFigure[],
  period: Period,
): Promise<Buffer> {
  const evidence = new Evidence();
  for (const { indicator, scope, value } of results) {
    if (value === null || !isLine(scope) || !isIndicatorId(indicator)) continue;
    evidence.add(indicator, scope, await figures.inputs(indicator satisfies IndicatorId, scope, period));
  }
  return writeZip(await evidence.files(figures.readings, period));
}
