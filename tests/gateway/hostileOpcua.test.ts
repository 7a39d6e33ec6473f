// F53 to F55 of the fault matrix: an OPC UA server that is restarted, refuses, stalls, through the real driver.
import { describe, expect, test } from "vitest";
import type { OpcuaFault, Scenario, Step } from "../../simulators/faults/catalogue.ts";
import { signal } from "../simulators/rig.ts";
import {
  type Acquired,
  acquirePlant,
  endOf,
  type HostileOpcua,
  isGood,
  scenario,
  startHostileOpcua,
} from "./hostileRig.ts";

const uri = "urn:pilotline:simulators";
/** Generous: a server of the test starts in it, on a busy machine. */
const patience = 180_000;

/** Two tags x and y, whose value is a counter of the test's own. */
async function acquireFrom(what: Scenario) {
  const hostile: HostileOpcua = await startHostileOpcua(what, [signal("x"), signal("y")]);
  let counter = 0;
  const showNext = () => {
    counter += 1;
    hostile.show([counter, -counter]);
    return counter;
  };
  showNext();
  const acquired: Acquired = await acquirePlant(
    [
      `id: d, protocol: opcua, connection: { endpoint: "${hostile.endpoint}", security: none }, polling: { publishMs: 100, samplingMs: 0 }`,
    ],
    ["x", "y"].map((id) => `id: ${id}, device: d, address: { node: "nsu=${uri};s=line.unit.${id}" }, report: every`),
  );
  return {
    hostile,
    acquired,
    showNext,
    /** Shows new values until the newest one is there as good; answers how long that took, in ms. */
    flows: async () => {
      const began = performance.now();
      let newest = showNext();
      await acquired.until(() => {
        const last = acquired.last("x");
        if (isGood(last) && last?.value === newest) return true;
        newest = showNext();
        return false;
      });
      return performance.now() - began;
    },
    /** No sample that the face has never shown, and no number in a bad one. */
    wrong: () =>
      ["x", "y"].flatMap((tag) =>
        acquired.of(tag).filter(({ quality, value }) => {
          if (quality === "bad") return value !== null;
          return typeof value !== "number" || (tag === "x" ? value : -value) < 1 || Math.abs(value) > counter;
        }),
      ),
    [Symbol.asyncDispose]: async () => {
      await acquired[Symbol.asyncDispose]();
      await hostile[Symbol.asyncDispose]();
    },
  };
}

describe("F53: the server is restarted", () => {
  test(
    "the gap is marked once and exactly, and values flow again soon after it is back",
    async () => {
      const what = await scenario("opcua-restart");
      await using run = await acquireFrom(what);
      const { acquired, hostile } = run;
      await run.flows();
      const before = acquired.last("x");
      await hostile.to(what.steps[0]!.at);
      await acquired.until(() => acquired.last("x")?.quality === "bad");
      expect(acquired.last("x")).toMatchObject({ reason: "NOT_CONNECTED", value: null });
      const down = Date.now();
      await hostile.to(endOf(what.steps[0]!));
      await run.flows();
      const all = acquired.of("x");
      const lost = all.filter(({ quality }) => quality === "bad");
      expect(lost).toHaveLength(1);
      // The gap is from the last value before to the first one after, and nothing lies in it but the loss.
      const at = all.indexOf(lost[0]!);
      expect(all[at - 1]!.at).toBeGreaterThanOrEqual(before!.at);
      expect(lost[0]!.at).toBeGreaterThan(all[at - 1]!.at);
      expect(all[at + 1]!.at).toBeGreaterThanOrEqual(down);
      expect(acquired.states("d")).toEqual([true, false, true]);
      expect(run.wrong()).toEqual([]);
    },
    patience,
  );

  test(
    "another namespace at our index never gives its values, and changed node ids are bad, not wrong",
    async () => {
      const what = await scenario("opcua-restart-moved");
      await using run = await acquireFrom(what);
      const { acquired, hostile } = run;
      await run.flows();
      const [shifted, renamed] = what.steps;
      await hostile.to(shifted!.at);
      await acquired.until(() => acquired.states("d").includes(false));
      await hostile.to(endOf(shifted!));
      await run.flows();
      expect(run.wrong()).toEqual([]);

      await hostile.to(renamed!.at);
      await acquired.until(() => acquired.states("d").filter((up) => !up).length === 2);
      await hostile.to(endOf(renamed!));
      await acquired.until(() => acquired.last("x")?.reason === "ADDRESS_UNKNOWN");
      expect(acquired.last("y")?.reason).toBe("ADDRESS_UNKNOWN");
      expect(run.wrong()).toEqual([]);
    },
    patience,
  );
});

/** Steps that overlap, together. */
function groupsOf(steps: readonly Step[]): readonly (readonly Step[])[] {
  const groups: Step[][] = [];
  for (const step of steps) {
    const last = groups.at(-1);
    if (last?.some((other) => step.at <= endOf(other))) last.push(step);
    else groups.push([step]);
  }
  return groups;
}

/** Of each status, what becomes of the value. */
const verdicts: Readonly<Record<string, readonly [quality: string, reason: string | undefined]>> = {
  BadNoCommunication: ["bad", "NOT_CONNECTED"],
  BadSensorFailure: ["bad", "DEVICE_FAULT"],
  BadNotConnected: ["bad", "NOT_CONNECTED"],
  BadOutOfService: ["bad", "DEVICE_FAULT"],
  UncertainLastUsableValue: ["uncertain", "STALE"],
  UncertainSensorNotAccurate: ["uncertain", "OUT_OF_RANGE"],
  GoodOverflow: ["good", undefined],
  GoodLimitHigh: ["good", undefined],
  GoodClamped: ["good", undefined],
};

describe("F54: status codes and refusals", () => {
  test(
    "a status keeps its reason, a bad value has no number, and the connection stands",
    async () => {
      const what = await scenario("opcua-status");
      await using run = await acquireFrom(what);
      const { acquired, hostile } = run;
      await run.flows();
      for (const step of what.steps) {
        const fault = step.fault as OpcuaFault & { fault: "opcua.status" };
        const [quality, reason] = verdicts[fault.status] ?? [];
        await hostile.to(step.at);
        const count = acquired.of("x").length;
        run.showNext();
        await acquired.until(() => {
          const last = acquired.last("x");
          return acquired.of("x").length > count && last?.quality === quality && last?.reason === reason;
        });
        expect(acquired.last("x")?.value === null, fault.status).toBe(quality === "bad");
      }
      await hostile.to(endOf(what.steps.at(-1)!));
      await run.flows();
      expect(acquired.states("d")).toEqual([true]);
      expect(run.wrong()).toEqual([]);
    },
    patience,
  );

  test(
    "after every refusal, and after the loss of session or subscription, values flow again",
    async () => {
      const what = await scenario("opcua-refusals");
      await using run = await acquireFrom(what);
      const { acquired, hostile } = run;
      await run.flows();
      const took = new Map<string, number>();
      for (const group of groupsOf(what.steps)) {
        const name = group.map(({ fault }) => JSON.stringify(fault)).join();
        const before = hostile.refused;
        await hostile.to(Math.max(...group.map(({ at }) => at)));
        const newest = run.showNext();
        const refusal = group.find(({ fault }) => fault.fault === "opcua.refuse");
        // Long enough to be met, some times in a row; a client that begins anew has nothing to republish.
        const began = performance.now();
        await acquired.until(() => {
          const met = hostile.refused - before;
          const isBack = group.length > 1 && acquired.last("x")?.value === newest;
          return !refusal || met >= 5 || isBack || (met > 0 && performance.now() - began > 2_000);
        });
        await hostile.to(Math.max(...group.map(endOf)));
        took.set(name, await run.flows());
      }
      // The watchdog's own bound is below 10 s; more says that a subscription stayed dead.
      for (const [fault, ms] of took) expect(ms, fault).toBeLessThan(60_000);
      expect(hostile.refused).toBeGreaterThan(3);
      expect(run.wrong()).toEqual([]);
    },
    patience,
  );
});

describe("F55: the server lives and says nothing new", () => {
  test(
    "frozen values are no loss; a subscription without publish responses and a half-open connection are, and come back",
    async () => {
      const what = await scenario("opcua-stalled");
      await using run = await acquireFrom(what);
      const { acquired, hostile } = run;
      await run.flows();
      const [frozen, mute, silent] = what.steps;
      await hostile.to(frozen!.at);
      run.showNext();
      await hostile.to(endOf(frozen!));
      await run.flows();
      expect(acquired.states("d")).toEqual([true]);

      for (const step of [mute!, silent!]) {
        const losses = acquired.states("d").filter((up) => !up).length;
        await hostile.to(step.at);
        const began = performance.now();
        run.showNext();
        await acquired.until(() => acquired.states("d").filter((up) => !up).length > losses);
        expect(acquired.last("x"), step.fault.fault).toMatchObject({ quality: "bad", value: null });
        // Some 10 s by the watchdog.
        expect(performance.now() - began, step.fault.fault).toBeLessThan(45_000);
        await hostile.to(endOf(step));
        await run.flows();
      }
      expect(run.wrong()).toEqual([]);
    },
    patience,
  );
});
