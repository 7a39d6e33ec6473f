import { expect, test } from "vitest";
import { helpOf, numberOption, parseCommand } from "#shared/kit/command.ts";

const spec = {
  name: "gateway",
  summary: "Read devices.",
  positionals: ["<plant.yaml>", "[csv]"],
  options: {
    id: { type: "string", placeholder: "<id>", help: "Gateway id." },
    data: { type: "string", default: "data", env: "PILOTLINE_DATA", help: "Data folder." },
    quick: { type: "boolean", help: "Be quick." },
  },
} as const;

test("options come from the command line, then the environment, then the default", () => {
  const parsed = (args: string[], env: Record<string, string> = {}) => parseCommand(spec, ["plant.yaml", ...args], env);
  expect(parsed([])).toEqual({ options: { id: undefined, data: "data", quick: false }, positionals: ["plant.yaml"] });
  expect(parsed([], { PILOTLINE_DATA: "/var/p" })).toMatchObject({ options: { data: "/var/p" } });
  expect(parsed(["--data", "x", "--quick"], { PILOTLINE_DATA: "y" })).toMatchObject({
    options: { data: "x", quick: true },
  });
});

test.each([
  [["plant.yaml", "--wrong"], "--wrong"],
  [[], "takes <plant.yaml> [csv], got 0"],
  [["a", "b", "c"], "got 3"],
])("a wrong command line %j is refused and names what is wrong", (args, message) => {
  expect(() => parseCommand(spec, args, {})).toThrow(message);
});

test("the help shows every option with its default and environment variable", () => {
  expect(parseCommand(spec, ["--help"], {})).toBe("help");
  const help = helpOf(spec);
  expect(help).toContain("Usage: npm run pilotline -- gateway <plant.yaml> [csv] [options]");
  expect(help).toMatch(/--data\s+Data folder\. \(default data, environment PILOTLINE_DATA\)/);
});

test("a number that is none, or outside its bounds, is refused by name", () => {
  expect(numberOption("port", "8080", 1, 65_535)).toBe(8_080);
  for (const text of ["", "x", "0", "70000"]) expect(() => numberOption("port", text, 1, 65_535)).toThrow("--port");
});
