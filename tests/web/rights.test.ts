import { expect, test } from "vitest";
import { isHidden } from "#shared/model/alarm.ts";
import { instant } from "#shared/model/time.ts";
import { passwordLength as serverLength } from "../../dashboard/server/accounts/password.ts";
import { gate } from "../../dashboard/server/gate.ts";
import { roles as serverRoles } from "../../dashboard/server/roles.ts";
import { actPaths, actsFor } from "../../dashboard/web/api/alarmActs.ts";
import { faultOf, passwordLength } from "../../dashboard/web/api/passwordRules.ts";
import { mayAcknowledge, roles } from "../../dashboard/web/api/rights.ts";
import { status } from "../dashboard/samples.ts";

test("the pages know the server's roles, and offer to acknowledge to those whom its gate lets", () => {
  expect(roles).toEqual(serverRoles);
  const allowed = gate["POST /api/alarms/:line/:alarm/acknowledge"]?.roles;
  const offered = roles.filter((role) => mayAcknowledge({ user: "ann", role, initialPassword: false }));
  expect(offered).toEqual(allowed);
});

test.each(Object.entries(actPaths))(
  "what can be done to an alarm, %s, is offered to those whom the gate lets",
  (kind, path) => {
    const anyState = (["UNACK", "LATAK", "SHLVD", "OOSRV"] as const).map((state) => ({
      ...status(state),
      hiddenBy: isHidden(state) ? [{ state, since: instant(0), user: null, reason: null }] : [],
    }));
    const offered = roles.filter((role) =>
      anyState.some((alarm) =>
        actsFor(alarm, { user: "ann", role, initialPassword: false }).some((one) => one === kind),
      ),
    );
    expect(offered).toEqual(gate[`POST /api/alarms/:line/:alarm/${path}`]?.roles);
  },
);

test("a role that the pages do not know may nothing", () => {
  expect(mayAcknowledge({ user: "ann", role: "guest", initialPassword: false })).toBe(false);
});

test("the pages ask for a password of the length that the server takes", () => {
  expect(passwordLength).toEqual(serverLength);
});

const [old, good] = ["old-password-1", "a good long password"];
test.each([
  ["needed", "", good, good],
  ["needed", old, "", ""],
  ["short", old, "x".repeat(11), "x".repeat(11)],
  [null, old, "x".repeat(12), "x".repeat(12)],
  [null, old, "x".repeat(256), "x".repeat(256)],
  ["long", old, "x".repeat(257), "x".repeat(257)],
  ["same", old, old, old],
  ["differs", old, good, `${good} `],
  [null, old, good, good],
] as const)("a new password is %s (current %j, next %j)", (fault, current, next, repeated) => {
  expect(faultOf(current, next, repeated)).toBe(fault);
});
