import type { Run, RunKind } from "#shared/model/run.ts";

/** A run as a form has it: empty texts for what is not given. */
export interface RunForm {
  tenant: string;
  project: string;
  kind: RunKind;
  batch: string;
  recipe: string;
  lot: string;
  unit: string;
  planned: string | number;
  produced: string | number;
  good: string | number;
  note: string;
}

export const emptyRun = (): RunForm => ({
  ...{ tenant: "", project: "", kind: "development", batch: "", recipe: "", lot: "" },
  ...{ unit: "kg", planned: "", produced: "", good: "", note: "" },
});

export const formOf = (run: Run): RunForm => ({
  tenant: run.tenant ?? "",
  project: run.project ?? "",
  kind: run.kind,
  batch: run.batch ?? "",
  recipe: run.recipe ?? "",
  lot: run.lot ?? "",
  unit: run.quantities?.unit ?? "kg",
  planned: run.quantities?.planned ?? "",
  produced: run.quantities?.produced ?? "",
  good: run.quantities?.good ?? "",
  note: run.note ?? "",
});

export const given = (value: string): string | null => (value.trim() === "" ? null : value.trim());
const amount = (value: string | number): number | null => (value === "" ? null : Number(value));

export function quantitiesOf({
  unit,
  planned,
  produced,
  good,
}: Pick<RunForm, "unit" | "planned" | "produced" | "good">) {
  const amounts = { planned: amount(planned), produced: amount(produced), good: amount(good) };
  return Object.values(amounts).some((one) => one !== null) ? { unit: given(unit) ?? "1", ...amounts } : null;
}

/** What the command says of the form. */
export const factsOf = (form: RunForm) => ({
  tenant: given(form.tenant),
  project: given(form.project),
  kind: form.kind,
  batch: given(form.batch),
  recipe: given(form.recipe),
  lot: given(form.lot),
  quantities: quantitiesOf(form),
  plannedSecondsPerUnit: null,
  note: given(form.note),
});
