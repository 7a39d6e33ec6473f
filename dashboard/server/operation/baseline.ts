import type { Calendar } from "#shared/model/calendar.ts";
import { type DriverMonth, type EnergyBaseline, energyPerformance, fitBaseline } from "#shared/model/green/enpi.ts";
import { fullCoverage } from "#shared/model/indicator.ts";
import type { Interval } from "#shared/model/interval.ts";
import type { BaselineAnswer, BaselinePoint } from "#shared/model/operation.ts";
import { ratio, sum } from "#shared/model/ratio.ts";
import type { Run } from "#shared/model/run.ts";
import { isAtLeast } from "#shared/model/threshold.ts";
import type { Plant } from "#shared/plant/plant.ts";
import { meterSum, metersIn } from "./meters.ts";
import { type Piece, type PieceKind, type Sums, sumsByPiece } from "./pieces.ts";
import { expectedIn, type ScopeFacts } from "./scopeFacts.ts";

/** A fit to fewer says nothing. */
const leastPieces = 10;
const hourMs = 3_600_000;
type Driver = BaselineAnswer["driver"];
type PointOfPiece = DriverMonth & { readonly piece: Piece };

/** Energy and driver of each piece that is over. */
export function driverPieces(
  { head, equipment }: ScopeFacts,
  pieces: readonly Piece[],
  kind: PieceKind,
  calendar: Calendar,
  driver: Driver,
  runs: readonly Pick<Run, "to" | "state">[],
): readonly PointOfPiece[] {
  const meters = metersIn(head.level, equipment);
  const sums = new Map(equipment.map((one) => [one, sumsByPiece(one, kind)]));
  const none: Sums = {};
  const hasEnded = ({ from, to }: Interval): number =>
    runs.filter((run) => run.state !== "running" && run.to !== null && run.to >= from && run.to < to).length;
  return pieces
    .filter(({ to }) => to <= head.until)
    .map((piece) => {
      const sumsOf = (one: (typeof equipment)[number]): Sums => sums.get(one)?.get(piece.name) ?? none;
      const productiveMs = sum(equipment.map((one) => sumsOf(one)["state.PRD"] ?? 0));
      const expectedMs = sum(meters.map(({ one }) => expectedIn(one.config, calendar, piece)));
      return {
        piece,
        x: driver === "batches" ? hasEnded(piece) : productiveMs / hourMs,
        kwh: meterSum(meters, "total", sumsOf),
        coverage: ratio(meterSum(meters, "covered", sumsOf), expectedMs) ?? 0,
      };
    });
}

const isComplete = ({ coverage }: DriverMonth): boolean => isAtLeast(coverage, fullCoverage);

/** The declared baseline that holds for a scope on a day, of several the one that began last. */
export function declaredBaseline({ baselines }: Pick<Plant, "baselines">, scope: string, day: string) {
  const [, line, equipment] = scope.split("/");
  if (equipment !== undefined) return undefined;
  return (baselines ?? [])
    .filter((one) => one.line === line && one.validFrom <= day && (one.validTo === undefined || day < one.validTo))
    .toSorted((a, b) => (a.validFrom < b.validFrom ? 1 : -1))[0];
}

function answerOf(
  about: Pick<BaselineAnswer, "basis" | "id" | "source" | "fittedTo" | "fittedPieces" | "driver">,
  line: EnergyBaseline | null,
  pieces: readonly PointOfPiece[],
  counts: (piece: Piece) => boolean,
  reason: string | null,
): BaselineAnswer {
  const used = pieces.filter(isComplete);
  const { predicted, cusum } = line ? energyPerformance(line, used) : { predicted: [], cusum: [] };
  const points = line
    ? used.map(
        ({ piece, x, kwh }, i): BaselinePoint => ({
          ...{ name: piece.name, from: piece.from, driver: x, kwh },
          ...{ predictedKwh: predicted[i] ?? 0, cusumKwh: cusum[i] ?? 0 },
        }),
      )
    : [];
  const own = used.filter(({ piece }) => counts(piece));
  const performance = line ? energyPerformance(line, own) : null;
  const why =
    reason ?? (own.length === 0 ? "no_complete_piece" : performance?.enpi === null ? "zero_denominator" : null);
  return {
    ...about,
    interceptKwh: line?.intercept ?? null,
    slopeKwh: line?.slope ?? null,
    r2: line?.r2 ?? null,
    enpi: performance?.enpi ?? null,
    actualKwh: sum(own.map(({ kwh }) => kwh)),
    predictedKwh: performance ? sum(performance.predicted) : null,
    reason: why,
    points,
    leftOut: pieces.length - used.length,
  };
}

/** Against a declared baseline, which is of months: those of the year up to the period's end; the period's own count. */
export function againstDeclared(
  declared: NonNullable<Plant["baselines"]>[number],
  months: readonly PointOfPiece[],
  span: Interval,
): BaselineAnswer {
  const { id, source, driver, interceptKwh, slopeKwh, r2 } = declared;
  const line = { intercept: interceptKwh, slope: slopeKwh, r2: r2 ?? null };
  const about = { basis: "declared", id, source, fittedTo: null, fittedPieces: 0, driver } as const;
  return answerOf(about, line, months, ({ from, to }) => from >= span.from && to <= span.to, null);
}

/** Against what the period before took, by productive hours; none is declared. */
export function againstPrevious(
  previousName: string,
  previous: readonly PointOfPiece[],
  own: readonly PointOfPiece[],
): BaselineAnswer {
  const complete = previous.filter(isComplete);
  const about = {
    basis: "previous",
    id: null,
    source: null,
    driver: "productive_hours",
    fittedTo: previousName,
    fittedPieces: complete.length,
  } as const;
  const differ = new Set(complete.map(({ x }) => x)).size > 1;
  if (complete.length < leastPieces || !differ)
    return answerOf(about, null, own, () => true, complete.length < leastPieces ? "too_few_pieces" : "driver_constant");
  return answerOf(about, fitBaseline(complete), own, () => true, null);
}
