import { readdir, readFile } from "node:fs/promises";
import { CodedError } from "#shared/model/errors.ts";
import { formatProblem } from "#shared/plant/problem.ts";
import type { OpcuaPolling } from "#shared/plant/protocols/opcua.ts";
import { type OpcuaProfile, parseProfile } from "#shared/plant/protocols/opcuaProfile.ts";
import type { ServerFacts } from "../browse/server.ts";

const ending = ".yaml";

/** A profile by the name of its file. */
export interface NamedProfile extends OpcuaProfile {
  readonly name: string;
}

/** Every profile that is known; throws `CONFIG` naming file and key where one is wrong. */
export async function loadProfiles(folder = new URL(".", import.meta.url)): Promise<readonly NamedProfile[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith(ending)).sort();
  return Promise.all(
    files.map(async (file) => {
      const { profile, problems } = parseProfile(await readFile(new URL(file, folder), "utf8"), file);
      if (!profile) throw new CodedError("CONFIG", problems.map(formatProblem).join("\n"));
      return { name: file.slice(0, -ending.length), ...profile };
    }),
  );
}

/** The profile whose every pattern fits; of several the one with the most patterns. */
export function profileFor(profiles: readonly NamedProfile[], server: ServerFacts): NamedProfile | undefined {
  const fits = (pattern: string | undefined, text: string) =>
    pattern === undefined || new RegExp(pattern, "i").test(text);
  const weight = ({ match }: NamedProfile) => Object.keys(match).length;
  return profiles
    .filter(({ match }) => fits(match.manufacturer, server.manufacturer) && fits(match.product, server.product))
    .toSorted((a, b) => weight(b) - weight(a))[0];
}

/** What the facts speak for, later ones over earlier ones. */
export const pollingOf = ({ facts }: OpcuaProfile): Partial<OpcuaPolling> =>
  Object.assign({}, ...facts.map(({ polling }) => polling));

export const limitsOf = ({ facts }: OpcuaProfile): NonNullable<OpcuaProfile["facts"][number]["limits"]> =>
  Object.assign({}, ...facts.map(({ limits }) => limits));
