import { errorCodes } from "#shared/model/errors.ts";

const verdicts = {
  retry: "tried again by itself",
  reject: "this input is refused for good",
  fatal: "the process stops",
} as const;

/** The page of error codes: what each means in both languages, what the software does, what a person does. */
export const errorsPage = (): string =>
  [
    "# Error codes",
    "",
    "Generated from `shared/model/errors.ts` by `npm run generate`; a test compares. A code stands in front of an error",
    "message, in the reason of a bad sample, and in the API's answers. Codes name no protocol: the detail behind the code",
    "carries the protocol's own words.",
    "",
    "| code | meaning | 含义 | then | what to do |",
    "|---|---|---|---|---|",
    ...Object.entries(errorCodes).map(
      ([code, { verdict, en, zh, help }]) =>
        `| \`${code}\` | ${en} | ${zh} | ${verdicts[verdict]} | ${help.replaceAll("<", "&lt;")} |`,
    ),
    "",
  ].join("\n");
