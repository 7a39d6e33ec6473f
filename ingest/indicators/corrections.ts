import type { Clock } from "#shared/kit/clock.ts";
import { CodedError } from "#shared/model/errors.ts";
import type { Plant } from "#shared/plant/plant.ts";
import type { RecordsWriter } from "#shared/store/records/port.ts";
import type { StateCorrectionCommand } from "#shared/wire/command/stateCorrection.ts";
import type { Answer, Handlers } from "../commands.ts";

type Of<Kind extends StateCorrectionCommand["kind"]> = Extract<StateCorrectionCommand, { readonly kind: Kind }>;

/** Keeps what people say of equipment states; figures take it up at their next look. */
export function correctionHandlers(
  plant: Plant,
  records: Pick<RecordsWriter, "stateCorrection" | "addStateCorrections">,
  clock: Clock,
): Pick<Handlers, StateCorrectionCommand["kind"]> {
  const refused = (error: unknown): Answer => {
    if (error instanceof CodedError && error.verdict === "retry")
      return { outcome: "refused", code: error.code, detail: error.detail };
    throw error;
  };
  const correct = ({ id, user, line, equipment, from, to, state, reason }: Of<"correctState">): Answer => {
    const isKnown = plant.lines.some((own) => own.id === line && own.equipment.some((one) => one.id === equipment));
    if (!isKnown)
      return { outcome: "refused", code: "NOT_FOUND", detail: `There is no equipment \`${line}/${equipment}\`.` };
    if (from >= to)
      return { outcome: "refused", code: "CONFLICT", detail: "The correction would end before it begins." };
    if (to > clock.now())
      return { outcome: "refused", code: "CONFLICT", detail: "What is still to come cannot be corrected." };
    try {
      const record = { line, equipment, from, to, state, reason, isWithdrawn: false };
      records.addStateCorrections([{ id, at: clock.now(), by: user, why: reason, origin: id, record }]);
      return { outcome: "done" };
    } catch (error) {
      return refused(error);
    }
  };
  const withdraw = ({ id, user, correction, reason }: Of<"withdrawCorrection">): Answer => {
    const was = records.stateCorrection(correction);
    if (!was) return { outcome: "refused", code: "NOT_FOUND", detail: "There is no such correction." };
    if (was.isWithdrawn) return { outcome: "done" };
    const { id: _id, revision: _revision, ...record } = was;
    try {
      const next = { ...record, isWithdrawn: true };
      records.addStateCorrections([
        { id: correction, at: clock.now(), by: user, why: reason, origin: id, record: next },
      ]);
      return { outcome: "done" };
    } catch (error) {
      return refused(error);
    }
  };
  return { correctState: correct, withdrawCorrection: withdraw } as Pick<Handlers, StateCorrectionCommand["kind"]>;
}
