import { perFile, type Rule } from "./rule.ts";
import type { Import, Source } from "./source.ts";

const base = ["shared/model", "shared/kit"] as const;
const full = [...base, "shared/plant", "shared/wire"] as const;

/** What each room may import besides itself (DESIGN section 4). The longest name that fits a path is its room. */
const mayImport = {
  "shared/model": [],
  "shared/kit": ["shared/model"],
  "shared/plant": base,
  "shared/wire": base,
  "shared/store": base,
  gateway: full,
  ingest: [...full, "shared/store"],
  "dashboard/server": [...full, "shared/store"],
  "dashboard/web": ["shared/model"],
  simulators: base,
  // Makes an external broker's users and rights out of the embedded broker's own tables.
  deploy: [...base, "shared/plant", "ingest"],
  // Scripts at the root start processes and build pages; they import none of the processes.
  dashboard: base,
  "": [...base, "shared/plant", "dashboard"],
  tests: null,
} as const satisfies Record<string, readonly string[] | null>;

type Room = keyof typeof mayImport;

const rooms = (Object.keys(mayImport) as Room[]).toSorted((a, b) => b.length - a.length);

export const roomOf = (file: string): Room => rooms.find((room) => room === "" || file.startsWith(`${room}/`)) ?? "";

/** Rooms whose types may come over where their values may not. */
const typesFrom: Partial<Record<Room, readonly Room[]>> = { "dashboard/web": ["shared/plant"] };

const nameOf = (room: Room): string => (room === "" ? "the root" : room);

/** A room imports only the rooms that DESIGN section 4 allows it, and a process never another process. */
export const importRule: Rule = perFile((source) => {
  const from = roomOf(source.file);
  const allowed: readonly Room[] | null = mayImport[from];
  if (allowed === null) return [];
  return source.imports.flatMap((given) => {
    if (given.file === undefined) return [];
    const to = roomOf(given.file);
    if (to === from || allowed.includes(to)) return [];
    if (given.typesOnly && typesFrom[from]?.includes(to)) return [];
    return [{ line: given.line, what: `${nameOf(from)} may not import ${nameOf(to)} (\`${given.specifier}\`)` }];
  });
});

/** Only ingest writes samples and records: the dashboard takes readers from the store. */
export const oneWriterRule: Rule = perFile((source) => {
  if (roomOf(source.file) !== "dashboard/server") return [];
  return source.imports
    .filter(({ file }) => file?.startsWith("shared/store/"))
    .flatMap(({ names, line }) =>
      names
        .filter((name) => /Writer$/.test(name))
        .map((name) => ({ line, what: `dashboard/server reads the store and may not import its \`${name}\`` })),
    );
});

/** What runs in a browser knows nothing of Node. */
export const browserRule: Rule = perFile((source) => {
  const isBrowser = source.file.startsWith("shared/model/") || source.file.startsWith("dashboard/web/");
  if (!isBrowser || source.file === "dashboard/web/vite.config.ts") return [];
  return source.imports
    .filter(({ specifier }) => specifier.startsWith("node:"))
    .map(({ line, specifier }) => ({ line, what: `runs in the browser and may not import \`${specifier}\`` }));
});

interface Family {
  readonly folder: string;
  /** The files that name its members. */
  readonly registries: readonly string[];
  /** What registry and members share, where the registry takes values of it: no member. */
  readonly common?: readonly string[];
}

/** Folders of extensions: a member is what its registry names. */
const families: readonly Family[] = [
  { folder: "gateway/drivers", registries: ["gateway/drivers/registry.ts"] },
  { folder: "shared/store", registries: ["shared/store/registry.ts"] },
  { folder: "shared/plant/protocols", registries: ["shared/plant/protocols/registry.ts"] },
  { folder: "ingest/indicators", registries: ["ingest/indicators/registry.ts"], common: ["definition"] },
  { folder: "ingest/notify/channels", registries: ["ingest/notify/channels/registry.ts"] },
  { folder: "dashboard/web/pages", registries: ["dashboard/web/routes.ts", "dashboard/web/router.ts"] },
  { folder: "simulators/plants", registries: ["simulators/plants/registry.ts"], common: ["plant"] },
  { folder: "simulators/faces", registries: ["simulators/faces/registry.ts"] },
];

const stemIn = (folder: string, file: string): string =>
  (file.slice(folder.length + 1).split("/")[0] ?? "").replace(/\.[a-z]+$/, "");

/** The members of a family, by the names of their files or folders. `modbusCheck` belongs to `modbus`. */
function membersOf(
  { folder, registries, common = [] }: Family,
  sources: readonly Source[],
): (file: string) => string | undefined {
  const named = sources
    .filter(({ file }) => registries.includes(file))
    .flatMap(({ imports }) => imports.filter(({ typesOnly }) => !typesOnly))
    .flatMap(({ file }) => (file?.startsWith(`${folder}/`) ? [stemIn(folder, file)] : []))
    .filter((stem) => !common.includes(stem))
    .toSorted((a, b) => a.length - b.length);
  return (file) => {
    if (!file.startsWith(`${folder}/`)) return undefined;
    const stem = stemIn(folder, file);
    return named.find((name) => stem === name || (stem.startsWith(name) && /^[A-Z]/.test(stem.slice(name.length))));
  };
}

/** Sibling extensions never import one another. */
export const siblingRule: Rule = (sources) =>
  families.flatMap((family) => {
    const memberOf = membersOf(family, sources);
    return sources.flatMap((source) => {
      const own = memberOf(source.file);
      if (own === undefined) return [];
      return source.imports.flatMap((given) => {
        const other = given.file === undefined ? undefined : memberOf(given.file);
        if (other === undefined || other === own) return [];
        const what = `\`${own}\` and \`${other}\` are siblings in ${family.folder} and may not import one another`;
        return [{ file: source.file, line: given.line, what }];
      });
    });
  });

/** Files that load one another in a circle; an import of types alone loads nothing. */
export const cycleRule: Rule = (sources) => {
  const byFile = new Map(sources.map((source) => [source.file, source]));
  const isEdge = ({ typesOnly, dynamic, file }: Import) => !typesOnly && !dynamic && file !== undefined;
  const state = new Map<string, "open" | "done">();
  const path: string[] = [];
  const found: { file: string; line: number; what: string }[] = [];
  const visit = (file: string): void => {
    state.set(file, "open");
    path.push(file);
    for (const given of byFile.get(file)?.imports.filter(isEdge) ?? []) {
      const next = given.file as string;
      if (!byFile.has(next)) continue;
      if (state.get(next) === "open") {
        const cycle = [...path.slice(path.indexOf(next)), next];
        found.push({ file, line: given.line, what: `closes an import cycle: ${cycle.join(" → ")}` });
      } else if (!state.has(next)) visit(next);
    }
    path.pop();
    state.set(file, "done");
  };
  for (const { file } of sources) if (!state.has(file)) visit(file);
  return found;
};
