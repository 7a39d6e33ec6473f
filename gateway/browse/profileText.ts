import { type NamedProfile, pollingOf } from "../drivers/opcua/profiles/load.ts";

/** A profile with each fact's source, for a terminal or a comment. */
export const profileText = ({ name, title, validFor, facts }: NamedProfile): string =>
  [
    `Profile ${name}: ${title}. ${validFor}`,
    ...facts.map(({ says, source, basis }) => `  - ${says} (${basis}: ${source})`),
  ].join("\n");

/** Every profile, one per line, with the polling that it proposes. */
export function profilesText(profiles: readonly NamedProfile[]): string {
  const width = Math.max(...profiles.map(({ name }) => name.length));
  return profiles
    .map((profile) => {
      const polling = Object.entries(pollingOf(profile)).map(([key, value]) => `${key} ${value}`);
      return `${profile.name.padEnd(width)}  ${profile.title}${polling.length > 0 ? ` (${polling.join(", ")})` : ""}`;
    })
    .join("\n");
}
