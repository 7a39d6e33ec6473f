import type { Clock } from "#shared/kit/clock.ts";
import type { Plant } from "#shared/plant/plant.ts";
import type { RecordsWriter } from "#shared/store/records/port.ts";
import type { TenantCommand } from "#shared/wire/command/tenant.ts";
import type { Handlers } from "../commands.ts";
import { contentOf, done, originOf, refusedFor, revisionOf } from "../recordDesk.ts";

interface Parts {
  readonly plant: Plant;
  readonly records: RecordsWriter;
  readonly clock: Clock;
}

const isSame = (a: object | undefined, b: object): boolean => {
  const sorted = (value: object) => JSON.stringify(Object.entries(value).toSorted(([x], [y]) => (x < y ? -1 : 1)));
  return a !== undefined && sorted(a) === sorted(b);
};

/** What people enter into the registers of tenants, projects and prices; what is as it was is no revision. */
export function registerHandlers({ plant, records, clock }: Parts): Pick<Handlers, TenantCommand["kind"]> {
  const places = new Set(plant.lines.flatMap((line) => line.equipment.map(({ id }) => `${line.id}/${id}`)));
  return {
    saveTenants: (command) => {
      const news = command.tenants.filter(({ id, tenant }) => {
        const was = records.tenant(id);
        return !isSame(was && contentOf(was), tenant);
      });
      records.addTenants(
        news.map(({ id, tenant }, i) =>
          revisionOf(command, clock.now(), id, tenant, command.why, originOf(command, i)),
        ),
      );
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
      records.addProjects(
        news.map(({ id, project }, i) =>
          revisionOf(command, clock.now(), id, project, command.why, originOf(command, i)),
        ),
      );
      return done(`${news.length}`);
    },
    savePriceList: (command) => {
      const unknown = Object.keys(command.prices.perHour).filter((place) => !places.has(place));
      if (unknown.length > 0)
        return refusedFor(unknown.map((place) => ({ key: place, what: "there is no such equipment" })));
      const was = records.priceList(command.list);
      if (!isSame(was && contentOf(was), command.prices))
        records.addPriceLists([revisionOf(command, clock.now(), command.list, command.prices, command.why)]);
      return done(command.list);
    },
  };
}
