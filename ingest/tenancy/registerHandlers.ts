import { canonicalJson, type Json } from "#shared/kit/canonicalJson.ts";
import type { Clock } from "#shared/kit/clock.ts";
import type { Plant } from "#shared/plant/plant.ts";
import { placesOf } from "#shared/plant/recordChecks.ts";
import type { RecordsWriter } from "#shared/store/records/port.ts";
import type { TenantCommand } from "#shared/wire/command/tenant.ts";
import type { Handlers } from "../commands.ts";
import { contentOf, done, originOf, refusedFor, revisionOf } from "../recordDesk.ts";

interface Parts {
  readonly plant: Plant;
  readonly records: RecordsWriter;
  readonly clock: Clock;
}

const isSame = (a: object | undefined, b: object): boolean =>
  a !== undefined && canonicalJson(a as Json) === canonicalJson(b as Json);

/** What people enter into the registers of tenants, projects and prices; what is as it was is no revision. */
export function registerHandlers({ plant, records, clock }: Parts): Pick<Handlers, TenantCommand["kind"]> {
  const places = new Set(placesOf(plant.lines));
  return {
    saveTenants: (command) => {
      const news = command.tenants.filter(({ id, tenant }) => {
        const was = records.tenant(id);
        return !isSame(was && contentOf(was), tenant);
      });
      const revisions = news.map(({ id, tenant }, i) =>
        revisionOf(command, clock.now(), id, tenant, command.why, originOf(command, i)),
      );
      if (!command.dryRun) records.addTenants(revisions);
      return done(`${news.length}`);
    },
    saveProjects: (command) => {
      const tenants = new Set(records.tenants().map(({ id }) => id));
      const unknown = command.projects.filter(({ project }) => !tenants.has(project.tenant));
      if (unknown.length > 0) {
        return refusedFor(
          unknown.map(({ id, project }) => ({
            key: id,
            what: `there is no tenant \`${project.tenant}\`: register it first`,
          })),
        );
      }
      const news = command.projects.filter(({ id, project }) => {
        const was = records.project(id);
        return !isSame(was && contentOf(was), project);
      });
      const revisions = news.map(({ id, project }, i) =>
        revisionOf(command, clock.now(), id, project, command.why, originOf(command, i)),
      );
      if (!command.dryRun) records.addProjects(revisions);
      return done(`${news.length}`);
    },
    savePriceLists: (command) => {
      const unknown = command.lists
        .flatMap(({ prices }) => Object.keys(prices.perHour))
        .filter((place) => !places.has(place));
      if (unknown.length > 0)
        return refusedFor(unknown.map((place) => ({ key: place, what: "there is no such equipment" })));
      const news = command.lists.filter(({ id, prices }) => {
        const was = records.priceList(id);
        return !isSame(was && contentOf(was), prices);
      });
      const revisions = news.map(({ id, prices }, i) =>
        revisionOf(command, clock.now(), id, prices, command.why, originOf(command, i)),
      );
      if (!command.dryRun) records.addPriceLists(revisions);
      return done(`${news.length}`);
    },
  };
}
