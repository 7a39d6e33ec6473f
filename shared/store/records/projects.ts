import type { Recorded } from "#shared/model/revision.ts";
import type { Project } from "#shared/model/tenant.ts";
import { family } from "./family.ts";
import { type NewRevision, revisionReads, revisionSql, revisionWrites } from "./revisions.ts";

/** Reading projects. */
export interface ProjectReader {
  /** By their ids. */
  projects(): readonly Recorded<Project>[];
  project(id: string): Recorded<Project> | undefined;
  /** Every revision, the first one first. */
  projectHistory(id: string): readonly Recorded<Project>[];
  /** The revision that a command caused. */
  projectCausedBy(origin: string): Recorded<Project> | undefined;
}

export interface ProjectWriter {
  /** All or none; a revision whose origin is known already is left out. */
  addProjects(revisions: readonly NewRevision<Project>[]): void;
}

export const projects = family({
  sql: revisionSql("project_revision"),
  reads: (rows): ProjectReader => {
    const { all, newest, history, causedBy } = revisionReads<Project>(rows);
    return { projects: all, project: newest, projectHistory: history, projectCausedBy: causedBy };
  },
  writes: (durably): ProjectWriter => ({ addProjects: revisionWrites<Project>(durably, () => null) }),
});
