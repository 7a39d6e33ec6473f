import { existsSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { errorCodes, isErrorCode } from "#shared/model/errors.ts";
import { commands } from "../../pilotline.ts";
import { type CommandHelp, commandHelps } from "./commandHelp.ts";
import { anchorsOf, codeOf, linksOf, type Page, pages, root } from "./pages.ts";

const read = (file: string): string => readFileSync(join(root, file), "utf8");
const all = pages();
const scripts: Readonly<Record<string, string>> = JSON.parse(read("package.json")).scripts;

/** npm's own commands that pages may name. */
const npmCommands = ["ci", "install"];

let helps: readonly CommandHelp[] = [];
beforeAll(async () => {
  helps = await commandHelps();
}, 120_000);

/** What is wrong with the code on a page: names of scripts, commands, options, variables and codes that do not exist. */
function wrongNames(page: Page): string[] {
  const options = new Set(helps.flatMap((help) => help.options));
  const environment = new Set(helps.flatMap((help) => help.environment));
  return codeOf(page).flatMap(({ file, line, text }) => {
    const wrong = (what: string) => `${file}:${line}: ${what}`;
    const found: string[] = [];
    for (const [, script = ""] of text.matchAll(/\bnpm (?:run (?:--silent )?)?([a-z][a-z:]*)/g)) {
      if (!Object.hasOwn(scripts, script) && !npmCommands.includes(script))
        found.push(wrong(`no npm script \`${script}\``));
    }
    for (const [, name = "", rest = ""] of text.matchAll(/\bpilotline -- ([a-z]+)([^`]*)/g)) {
      if (!Object.hasOwn(commands, name)) found.push(wrong(`no command \`${name}\``));
      const help = helps.find((other) => other.name === name);
      for (const [, option = ""] of rest.matchAll(/ --([a-z][a-z-]*)/g)) {
        if (help && option !== "help" && !help.options.includes(option))
          found.push(wrong(`\`${name}\` has no --${option}`));
      }
    }
    const [, lone = ""] = /^--([a-z][a-z-]*)/.exec(text) ?? [];
    if (lone !== "" && lone !== "help" && helps.length === Object.keys(commands).length && !options.has(lone)) {
      found.push(wrong(`no command has --${lone}`));
    }
    for (const [name = ""] of text.matchAll(/\bPILOTLINE_[A-Z_]+\b/g)) {
      if (!environment.has(name) && !plantVariables.has(name)) found.push(wrong(`nothing reads ${name}`));
    }
    if (
      /^[A-Z]+(_[A-Z]+)+$/.test(text) &&
      !text.startsWith("PILOTLINE_") &&
      !isErrorCode(text) &&
      !composeVariables.has(text)
    ) {
      found.push(wrong(`no error code ${text}`));
    }
    return found;
  });
}

const variablesIn = (file: string, pattern: RegExp): ReadonlySet<string> =>
  new Set(existsSync(join(root, file)) ? [...read(file).matchAll(pattern)].map((match) => match[1] ?? "") : []);

const plantVariables = new Set([
  ...variablesIn("plant.example.yaml", /\$\{([A-Z_]+)/g),
  ...variablesIn("docker-compose.yml", /\$\{([A-Z_]+)/g),
  ...variablesIn("tests/peers.ts", /\b(PILOTLINE_[A-Z]+)\b/g),
]);
const composeVariables = variablesIn("docker-compose.yml", /\b([A-Z]+(?:_[A-Z0-9]+)+)\b/g);

describe.each(all)("$file", (page) => {
  test("its links lead somewhere", () => {
    const lost = linksOf(page).filter(({ text }) => {
      const [path = "", anchor] = text.split("#");
      const target = path === "" ? page.file : posix.normalize(posix.join(posix.dirname(page.file), path));
      if (!existsSync(join(root, target))) return true;
      if (anchor === undefined || !target.endsWith(".md")) return false;
      return !anchorsOf({ file: target, text: read(target) }).has(decodeURIComponent(anchor));
    });
    expect(lost.map(({ file, line, text }) => `${file}:${line}: ${text}`)).toEqual([]);
  });

  test("what it names exists", () => expect(wrongNames(page)).toEqual([]));
});

test("the README's table of commands says what each command says of itself", () => {
  const rows = [...read("README.md").matchAll(/^\| `(\w+)` +\| (.+?) +\|$/gm)].map(([, name, summary]) => [
    name,
    summary,
  ]);
  expect(rows).toEqual(Object.entries(commands).map(([name, { summary }]) => [name, summary]));
});

test("a page that names what does not exist is found out", () => {
  const text = [
    "`npm run nothing`, `npm start`, `PILOTLINE_NOTHING`, `NOT_CONNECTED`, `NOT_AT_ALL`",
    "```",
    "npm run pilotline -- check plant.yaml --fast",
    "npm run pilotline -- fly",
    "```",
  ].join("\n");
  expect(wrongNames({ file: "page.md", text })).toEqual([
    "page.md:1: no npm script `nothing`",
    "page.md:1: nothing reads PILOTLINE_NOTHING",
    "page.md:1: no error code NOT_AT_ALL",
    "page.md:3: `check` has no --fast",
    "page.md:4: no command `fly`",
  ]);
});

describe("what exists is named", () => {
  const named = all.map(({ text }) => text).join("\n");
  /** Called by other scripts, not by people. */
  const inner = ["test:all"];

  test.each(Object.keys(scripts).filter((name) => !inner.includes(name)))("npm script %s", (name) => {
    const isNamed = named.includes(`npm run ${name}`) || named.includes(`npm ${name}`);
    expect(isNamed, "name it in README.md or CONTRIBUTING.md").toBe(true);
  });

  test.each(Object.keys(errorCodes))("error code %s", (code) =>
    expect(read("docs/errors.md")).toMatch(new RegExp(`^\\| \`${code}\` +\\|`, "m")),
  );
});
