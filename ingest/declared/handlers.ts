import type { Clock } from "#shared/kit/clock.ts";
import { type Declared, type DeclaredState, declarableItems } from "#shared/model/declared.ts";
import type { Recorded } from "#shared/model/revision.ts";
import type { Plant } from "#shared/plant/plant.ts";
import { declarationProblems } from "#shared/plant/recordChecks.ts";
import type { RecordsWriter } from "#shared/store/records/port.ts";
import type { NewRevision } from "#shared/store/records/revisions.ts";
import type { Declaration, DeclaredCommand } from "#shared/wire/command/declared.ts";
import type { Answer, Handlers } from "../commands.ts";
import {
  changedMeanwhile,
  contentOf,
  done,
  importOrigin,
  nextId,
  originOf,
  type RecordCommand,
  refused,
  refusedFor,
  refusedRow,
  revisionOf,
  unknownRecord,
} from "../recordDesk.ts";

interface Parts {
  readonly plant: Plant;
  readonly records: RecordsWriter;
  readonly clock: Clock;
}

const draft = (declaration: Declaration, declarer: string): Declared => ({
  ...declaration,
  unit: declarableItems.get(declaration.item)?.unit ?? "1",
  state: "draft",
  declarer,
  verifier: null,
});

/** From which states a step leads on. */
const before: Readonly<Record<"submitted" | "verified" | "rejected" | "withdrawn", readonly DeclaredState[]>> = {
  submitted: ["draft", "rejected"],
  verified: ["submitted"],
  rejected: ["submitted"],
  withdrawn: ["draft", "submitted", "verified", "rejected"],
};

/** What people do about declared items: four eyes, and each step a revision. */
export function declaredHandlers({ plant, records, clock }: Parts): Pick<Handlers, DeclaredCommand["kind"]> {
  type Change = RecordCommand & { readonly declared: string; readonly revision: number };
  const change = (
    command: Change,
    why: string | null,
    body: (was: Recorded<Declared>) => Declared | Answer,
  ): Answer => {
    if (records.declaredCausedBy(originOf(command))) return done(command.declared);
    const was = records.declaredItem(command.declared);
    if (!was) return unknownRecord("declared item", command.declared);
    if (was.revision.number !== command.revision) return changedMeanwhile(was);
    const next = body(was);
    if ("outcome" in next) return next;
    records.addDeclared([revisionOf(command, clock.now(), was.id, next, why)]);
    return done(was.id);
  };
  const step = (
    command: Change,
    why: string | null,
    state: keyof typeof before,
    body: (was: Declared) => Partial<Declared> | Answer,
  ): Answer =>
    change(command, why, (was) => {
      if (!before[state].includes(was.state))
        return refused("CONFLICT", `${was.id} is ${was.state}, and cannot become ${state} from there.`);
      const next = body(was);
      return "outcome" in next ? next : { ...contentOf<Declared>(was), ...next, state };
    });
  /** Whoever wrote or submitted any of it. */
  const hands = (id: string): ReadonlySet<string> =>
    new Set(
      records
        .declaredHistory(id)
        .filter(({ state }) => state === "draft" || state === "submitted")
        .map(({ revision }) => revision.by),
    );
  const byAnother = (command: Change): Answer | null =>
    hands(command.declared).has(command.user)
      ? refused("FORBIDDEN", "Whoever declared it cannot verify or reject it: a second person does.")
      : null;

  return {
    declare: (command) => {
      const earlier = records.declaredCausedBy(originOf(command));
      if (earlier) return done(earlier.id);
      const problems = declarationProblems(command.declaration, plant);
      if (problems.length > 0) return refusedFor(problems);
      const id = nextId("D", records.declaredCount() + 1);
      records.addDeclared([revisionOf(command, clock.now(), id, draft(command.declaration, command.user), null)]);
      return done(id);
    },
    correctDeclared: (command) =>
      change(command, command.why, (was) => {
        if (was.state === "withdrawn") return refused("CONFLICT", `${was.id} is withdrawn.`);
        const problems = declarationProblems(command.declaration, plant);
        return problems.length > 0 ? refusedFor(problems) : draft(command.declaration, command.user);
      }),
    submitDeclared: (command) =>
      step(command, command.why, "submitted", ({ evidence }) =>
        evidence ? {} : refused("OUT_OF_RANGE", "Attach the document that shows it, then submit."),
      ),
    verifyDeclared: (command) =>
      step(command, command.why, "verified", () => byAnother(command) ?? { verifier: command.user }),
    rejectDeclared: (command) =>
      step(command, command.why, "rejected", () => byAnother(command) ?? { verifier: command.user }),
    withdrawDeclared: (command) => step(command, command.why, "withdrawn", () => ({})),
    importDeclared: (command) => {
      const now = clock.now();
      let count = records.declaredCount();
      const revisions: NewRevision<Declared>[] = [];
      for (const [i, declaration] of command.declarations.entries()) {
        const problems = declarationProblems(declaration, plant);
        if (problems.length > 0) return refusedRow(i, problems);
        const origin = importOrigin("declared", declaration);
        if (records.declaredCausedBy(origin)) continue;
        count += 1;
        revisions.push(
          revisionOf(command, now, nextId("D", count), draft(declaration, command.user), "import", origin),
        );
      }
      if (!command.dryRun) records.addDeclared(revisions);
      return done(`${revisions.length}`);
    },
  };
}
