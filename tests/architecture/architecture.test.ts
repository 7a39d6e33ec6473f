import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { globalsRule, habitsRule, readOnlyRule, sizeRule } from "./habits.ts";
import { homelessPackages, homeRule } from "./homes.ts";
import { browserRule, cycleRule, importRule, oneWriterRule, siblingRule } from "./rooms.ts";
import { formatViolation, type Rule } from "./rule.ts";
import { parseSource, readSources } from "./source.ts";
import { writeServiceRule } from "./writeServices.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const tree = readSources(root);
const broken = (rule: Rule, sources = tree) => rule(sources).map(formatViolation);

/** Files of an imagined project. A line that breaks the rule ends in `// ✗`. */
const project = (files: Record<string, string>) => Object.entries(files).map(([file, text]) => parseSource(file, text));

const rules: Readonly<Record<string, { rule: Rule; fixture: Record<string, string> }>> = {
  "a room imports only the rooms that it may": {
    rule: importRule,
    fixture: {
      "shared/model/a.ts": `import { b } from "#shared/kit/b.ts"; // ✗`,
      "shared/kit/a.ts": `import { b } from "#shared/model/b.ts";\nimport type { c } from "../plant/c.ts"; // ✗`,
      "shared/plant/a.ts": `export { b } from "#shared/wire/b.ts"; // ✗`,
      "gateway/a.ts": `import { b } from "#shared/store/b.ts"; // ✗\nimport { c } from "../ingest/c.ts"; // ✗`,
      "ingest/a.ts": `import { b } from "#shared/store/b.ts";\nconst c = await import("../gateway/c.ts"); // ✗`,
      "dashboard/server/a.ts": `import { b } from "../web/b.ts"; // ✗\nimport { c } from "../../ingest/c.ts"; // ✗`,
      "dashboard/web/A.vue": `<template>\n  <b />\n</template>\n<script setup lang="ts">\nimport type { b } from "#shared/plant/b.ts";\nimport { c } from "#shared/plant/c.ts"; // ✗\nimport { d } from "#shared/kit/d.ts"; // ✗\n</script>\n`,
      "simulators/a.ts": `import { b } from "#shared/plant/b.ts"; // ✗\ntype C = import("../gateway/c.ts").C; // ✗`,
      "pilotline.ts": `import { b } from "./ingest/b.ts"; // ✗\nimport { c } from "#shared/kit/c.ts";`,
      "tests/a.ts": `import { b } from "../gateway/b.ts";`,
      "gateway/b.ts": `import { fake } from "../tests/fakes/fake.ts"; // ✗`,
    },
  },
  "only ingest writes the store": {
    rule: oneWriterRule,
    fixture: {
      "dashboard/server/a.ts": `import { openReader, openEmbeddedWriter } from "#shared/store/open.ts"; // ✗\nimport type { RecordsWriter as W } from "#shared/store/port.ts"; // ✗`,
      "ingest/a.ts": `import { openEmbeddedWriter } from "#shared/store/open.ts";`,
    },
  },
  "what runs in the browser knows no Node": {
    rule: browserRule,
    fixture: {
      "shared/model/a.ts": `import { readFile } from "node:fs"; // ✗`,
      "shared/kit/a.ts": `import { readFile } from "node:fs";`,
      "dashboard/web/a.ts": `import { join } from "node:path"; // ✗`,
    },
  },
  "siblings never import one another": {
    rule: siblingRule,
    fixture: {
      "gateway/drivers/registry.ts": `import { a } from "./a/module.ts";\nimport { b } from "./b/module.ts";\nimport type { D } from "./driver.ts";`,
      "gateway/drivers/a/module.ts": `import { x } from "../b/x.ts"; // ✗\nimport { y } from "./y.ts";\nimport { d } from "../driver.ts";`,
      "gateway/drivers/b/x.ts": `import type { y } from "../a/y.ts"; // ✗`,
      "ingest/indicators/registry.ts": `import { u } from "./use.ts";\nimport { e } from "./energy.ts";`,
      "ingest/indicators/use.ts": `import { e } from "./energy.ts"; // ✗\nimport { p } from "./period.ts";\nimport { f } from "./useFacts.ts";`,
      "ingest/indicators/useFacts.ts": `import { e } from "./energy.ts"; // ✗`,
      "dashboard/web/routes.ts": `const pages = [() => import("./pages/line/Line.vue"), () => import("./pages/login/Login.vue")];`,
      "dashboard/web/pages/line/Line.vue": `<script setup lang="ts">\nimport Login from "../login/Login.vue"; // ✗\n</script>`,
    },
  },
  "each third-party package has one home": {
    rule: homeRule,
    fixture: {
      "ingest/a.ts": `import { connect } from "mqtt"; // ✗\nimport { x } from "leftpad/lib"; // ✗\nimport { join } from "node:path";`,
      "shared/wire/a.ts": `import { connect } from "mqtt";\nimport { Value } from "typebox/value";`,
      "shared/kit/a.ts": `import { DatabaseSync } from "node:sqlite"; // ✗`,
      "gateway/drivers/opcua/a.ts": `const opcua = await import("node-opcua");\nimport { x } from "modbus-serial"; // ✗`,
      "tests/a.ts": `import { connect } from "mqtt";`,
    },
  },
  "no import cycles": {
    rule: cycleRule,
    fixture: {
      "ingest/a.ts": `import { b } from "./b.ts";`,
      "ingest/b.ts": `import { c } from "./c.ts";`,
      "ingest/c.ts": `import { a } from "./a.ts"; // ✗`,
      "ingest/d.ts": `import type { e } from "./e.ts";`,
      "ingest/e.ts": `import { d } from "./d.ts";`,
    },
  },
  "files stay small": {
    rule: sizeRule,
    fixture: {
      "ingest/long.ts": `${"const a = 1;\n".repeat(300)}const b = 1; // ✗\n`,
      "ingest/fine.ts": "const a = 1;\n".repeat(300),
      "tests/long.test.ts": `${"const a = 1;\n".repeat(400)}const b = 1; // ✗\n`,
    },
  },
  "time, randomness and output come in as arguments": {
    rule: globalsRule,
    fixture: {
      "ingest/a.ts": [
        "const now = Date.now(); // ✗",
        "const then = new Date(0);",
        "const today = new Date(); // ✗",
        "const dice = () => globalThis.Math.random(); // ✗",
        "const ms = performance.now(); // ✗",
        "setTimeout(() => {}, 5); // ✗",
        "const { setInterval } = globalThis; // ✗",
        "globalThis.setTimeout(() => {}, 5); // ✗",
        "client.setTimeout(500);",
        "setImmediate(() => {});",
        "console.log(1); // ✗",
        "const roll = Math.random; // ✗",
      ].join("\n"),
      "ingest/main.ts": "const now = Date.now();",
      "shared/kit/clock.ts": "const now = Date.now();",
      "dashboard/web/A.vue": `<template>\n  <b />\n</template>\n<script setup lang="ts">\nconst now = Date.now(); // ✗\n</script>\n`,
    },
  },
  "nothing in a driver writes to a device": {
    rule: readOnlyRule,
    fixture: {
      "gateway/drivers/a/client.ts": `await client.writeRegister(1, 2); // ✗\nawait session.write(node); // ✗\nclient["writeFC5"](1); // ✗\nawait client.readHoldingRegisters(1, 2);`,
      "gateway/drivers/a/transports/tcp.ts": `socket.write(frame);\nclient.writeRegister(1, 2); // ✗`,
      "gateway/outbox.ts": `await file.write(bytes);`,
    },
  },
  "no service that writes is named in the gateway": {
    rule: writeServiceRule,
    fixture: {
      "gateway/drivers/opcua/a.ts": [
        'import { CallMethodRequest } from "node-opcua"; // ✗',
        "await session.call(method); // ✗",
        "await session.historyUpdate(request); // ✗",
        "await session.browse(node);",
        "await callConditionRefresh(session, id);",
      ].join("\n"),
      "gateway/drivers/modbus/a.ts": [
        "const functions = {",
        "  holding: 3,",
        "  preset: 16, // ✗",
        "};",
        "if (functionCode === 0x06) answer(); // ✗",
        "send({ functionCode: 5, start: 0 }); // ✗",
        "const bits = word >> 16;",
        "const read = { functionCode, start: 16 };",
      ].join("\n"),
      "gateway/probe/a.ts": "const fc = 23; // ✗",
      "simulators/a.ts": "const functionCode = 16;",
    },
  },
  "no barrels, default exports, module state, notes to oneself": {
    rule: habitsRule,
    fixture: {
      "ingest/index.ts": "const a = 1; // ✗",
      "ingest/a.ts": `export * from "./b.ts"; // ✗\nexport default 1; // ✗\nlet count = 0; // ✗\nenum A { b } // ✗\nconst fine = 1;\n// TODO later // ✗`,
      "vitest.config.ts": "export default 1;",
      "ingest/thread.ts": `import { workerData } from "node:worker_threads";\nlet state = 0;`,
    },
  },
};

describe.each(Object.entries(rules))("%s", (_name, { rule, fixture }) => {
  test("in the tree", () => expect(broken(rule)).toEqual([]));

  test("and where it is broken, file and line are named", () => {
    const expected = Object.entries(fixture).flatMap(([file, text]) =>
      text.split("\n").flatMap((line, i) => (line.endsWith("// ✗") ? [`${file}:${i + 1}`] : [])),
    );
    const found = broken(rule, project(fixture)).map((line) => line.replace(/^([^:]+:\d+).*$/, "$1"));
    expect(expected.length).toBeGreaterThan(0);
    expect([...new Set(found)].sort()).toEqual(expected.sort());
  });
});

test("every file of the project is looked at", () => {
  const files = tree.map(({ file }) => file);
  expect(files).toContain("shared/model/errors.ts");
  expect(files).toContain("tests/architecture/rooms.ts");
  expect(files).toContain("pilotline.ts");
});

test("every package that has a home is a dependency", () => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(`${root}/package.json`, "utf8"));
  expect(homelessPackages(Object.keys({ ...dependencies, ...devDependencies }))).toEqual([]);
});
