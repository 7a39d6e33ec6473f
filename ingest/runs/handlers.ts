import type { Clock } from "#shared/kit/clock.ts";
import type { Run } from "#shared/model/run.ts";
import type { Plant } from "#shared/plant/plant.ts";
import { knownNames, runProblems } from "#shared/plant/recordChecks.ts";
import type { RecordsWriter } from "#shared/store/records/port.ts";
import type { NewRevision } from "#shared/store/records/revisions.ts";
import type { RunCommand } from "#shared/wire/command/run.ts";
import type { Handlers } from "../commands.ts";
import {
  changedMeanwhile,
  contentOf,
  done,
  importOrigin,
  nextId,
  originOf,
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

/** What people do about runs. Overlaps are no refusal: what happened, happened; pages show them as conflicts. */
export function runHandlers({ plant, records, clock }: Parts): Pick<Handlers, RunCommand["kind"]> {
  const known = () => knownNames(plant, records, clock.now());
  const tenantOf = (run: Pick<Run, "tenant" | "project">): string | null =>
    run.tenant ?? (run.project === null ? null : (records.project(run.project)?.tenant ?? null));

  return {
    startRun: (command) => {
      const earlier = records.runCausedBy(originOf(command));
      if (earlier) return done(earlier.id);
      const run: Run = {
        ...command.run,
        tenant: tenantOf(command.run),
        to: null,
        state: "running",
        reason: null,
        source: "person",
        rule: null,
      };
      const problems = runProblems(run, known());
      if (problems.length > 0) return refusedFor(problems);
      const id = nextId("R", records.runCount() + 1);
      records.addRuns([revisionOf(command, clock.now(), id, run, null)]);
      return done(id);
    },
    endRun: (command) => {
      if (records.runCausedBy(originOf(command))) return done(command.run);
      const was = records.run(command.run);
      if (!was) return unknownRecord("run", command.run);
      if (was.state !== "running") return refused("CONFLICT", `Run ${was.id} is ${was.state} already.`);
      const { quantities, ...end } = command.end;
      const run: Run = { ...contentOf<Run>(was), ...end, quantities: quantities ?? was.quantities };
      const problems = runProblems(run, known()).filter(({ key }) => key !== "tenant" && key !== "project");
      if (problems.length > 0) return refusedFor(problems);
      records.addRuns([revisionOf(command, clock.now(), was.id, run, null)]);
      return done(was.id);
    },
    correctRun: (command) => {
      if (records.runCausedBy(originOf(command))) return done(command.run);
      const was = records.run(command.run);
      if (!was) return unknownRecord("run", command.run);
      if (was.revision.number !== command.revision) return changedMeanwhile(was);
      if (was.state === "voided") return refused("CONFLICT", `Run ${was.id} is voided.`);
      const changed: Run = { ...contentOf<Run>(was), ...command.change };
      const isMoved = command.change.project !== undefined && command.change.tenant === undefined;
      const run: Run = { ...changed, tenant: tenantOf(isMoved ? { ...changed, tenant: null } : changed) };
      const isSameParty = run.tenant === was.tenant && run.project === was.project;
      const problems = runProblems(run, known()).filter(
        ({ key }) => !(isSameParty && (key === "tenant" || key === "project")),
      );
      if (problems.length > 0) return refusedFor(problems);
      records.addRuns([revisionOf(command, clock.now(), was.id, run, command.why)]);
      return done(was.id);
    },
    voidRun: (command) => {
      if (records.runCausedBy(originOf(command))) return done(command.run);
      const was = records.run(command.run);
      if (!was) return unknownRecord("run", command.run);
      if (was.state === "voided") return done(was.id);
      const run: Run = { ...contentOf<Run>(was), state: "voided", to: was.to ?? clock.now() };
      records.addRuns([revisionOf(command, clock.now(), was.id, run, command.why)]);
      return done(was.id);
    },
    importRuns: (command) => {
      const names = known();
      const now = clock.now();
      let count = records.runCount();
      const revisions: NewRevision<Run>[] = [];
      for (const [i, whole] of command.runs.entries()) {
        const run: Run = { ...whole, tenant: tenantOf(whole), source: "import", rule: null };
        const problems = runProblems(run, names);
        if (problems.length > 0) return refusedRow(i, problems);
        const origin = importOrigin("run", run);
        if (records.runCausedBy(origin)) continue;
        count += 1;
        revisions.push(revisionOf(command, now, nextId("R", count), run, "import", origin));
      }
      if (!command.dryRun) records.addRuns(revisions);
      return done(`${revisions.length}`);
    },
  };
}
