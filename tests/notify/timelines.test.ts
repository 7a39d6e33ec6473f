import { describe, expect, test } from "vitest";
import { noSpecialDays, onDuty } from "#shared/plant/notification/duty.ts";
import { plantWith } from "./plant.ts";
import { timeline } from "./timeline.ts";

/** Wang by day, Li by night on working days, Zhao at the weekend; Chen leads, and is there at any time. */
const people = `
channels: [{ id: mqtt, kind: mqtt }]
people:
  - { id: wang, name: { zh: 王工 }, reach: [{ channel: mqtt }] }
  - { id: li, name: { zh: 李工 }, reach: [{ channel: mqtt }] }
  - { id: zhao, name: { zh: 赵工 }, reach: [{ channel: mqtt }] }
  - { id: chen, name: { zh: 陈主任 }, reach: [{ channel: mqtt, priorities: [critical, high] }] }
rosters:
  - id: duty
    shifts:
      - { people: [wang], from: "08:00", to: "20:00", weekdays: [1, 2, 3, 4, 5], holidays: except }
      - { people: [li], from: "20:00", to: "08:00", weekdays: [1, 2, 3, 4, 5] }
      - { people: [zhao], from: "08:00", to: "08:00", weekdays: [6, 7] }
      - { people: [zhao], from: "08:00", to: "20:00", holidays: only }
  - { id: leaders, shifts: [{ people: [chen], from: "00:00", to: "00:00" }] }
  - { id: office, shifts: [{ people: [wang], from: "09:00", to: "17:00", weekdays: [1, 2, 3, 4, 5] }] }
`.trim();
const escalating = `${people}
routes:
  - { id: all, roster: duty, escalation: [{ afterMinutes: { critical: 3, high: 10 }, roster: leaders }] }`;

describe("who is told", () => {
  timeline(
    "the shift of the hour, also of a night that began the day before",
    escalating,
    `
    Mon 09:00:00 | hot medium raised
    Mon 09:00:02 | -> wang: hot medium
    Mon 09:05:00 | hot medium acknowledged
    Mon 09:06:00 | hot medium cleared
    Tue 02:00:00 | hot medium raised
    Tue 02:00:02 | -> li: hot medium
    Sat 07:00:00 | cold medium raised
    Sat 07:00:02 | -> li: cold medium
    Sat 09:00:00 | wet medium raised
    Sat 09:00:02 | -> zhao: wet medium
    Sun+ 08:30:00 | dry medium raised
    Sun+ 08:30:02 | -> zhao: dry medium
    `,
  );

  timeline(
    "on a holiday of the plant's calendar another shift, and a Saturday that is worked is a Monday",
    escalating,
    `
    Mon 10:00 | hot medium raised
    Mon 10:00:02 | -> wang: hot medium
    Tue 10:00 | cold medium raised
    Tue 10:00:02 | -> zhao: cold medium
    Sat 10:00 | dry medium raised
    Sat 10:00:02 | -> wang: dry medium
    `,
    `calendar: { shifts: [{ from: "08:00", to: "17:00" }], holidays: ["2026-11-03"], workdays: ["2026-11-07"] }`,
  );

  timeline(
    "nobody at this hour: the next step is told at once",
    `${people}\nroutes:\n  - { id: all, roster: office, escalation: [{ afterMinutes: { high: 10 }, roster: leaders }] }`,
    `
    Mon 18:00 | hot high raised
    Mon 18:00:02 | -> chen: escalated hot high
    Mon 19:00 | .
    `,
  );

  timeline(
    "two routes that lead to one person tell him once",
    `${people}\nroutes:\n  - { id: all, roster: duty }\n  - { id: urgent, priorities: [high], roster: duty }`,
    `
    Mon 10:00 | hot high raised
    Mon 10:00:02 | -> wang: hot high
    Mon 11:00 | .
    `,
  );

  timeline(
    "a person who wants urgent alarms only hears of no other",
    `${people}\nroutes: [{ id: all, roster: leaders }]`,
    `
    Mon 10:00 | warm low raised
    Mon 10:01 | hot high raised
    Mon 10:01:02 | -> chen: hot high
    `,
  );
});

describe("escalation", () => {
  timeline(
    "nobody acknowledges: the leader is told, sooner for what is critical",
    escalating,
    `
    Mon 10:00 | hot high raised
    Mon 10:00:02 | -> wang: hot high
    Mon 10:05 | fire critical raised
    Mon 10:05:02 | -> wang: fire critical
    Mon 10:08:02 | -> chen: escalated fire critical
    Mon 10:10:02 | -> chen: escalated hot high
    Mon 12:00 | .
    `,
  );
  timeline(
    "an acknowledgement stops it",
    escalating,
    `
    Mon 10:00 | hot high raised
    Mon 10:00:02 | -> wang: hot high
    Mon 10:09:59 | hot high acknowledged
    Mon 12:00 | .
    `,
  );
  timeline(
    "the value is normal again, and nobody has acknowledged: it goes on, where the route does not say otherwise",
    escalating,
    `
    Mon 10:00 | hot high raised
    Mon 10:00:02 | -> wang: hot high
    Mon 10:02 | hot high returned
    Mon 10:10:02 | -> chen: escalated hot high
    Mon 12:00 | .
    `,
  );
  timeline(
    "stopOnReturn: it ends with the return, unless the alarm is latched",
    escalating.replace("roster: duty, esc", "roster: duty, stopOnReturn: true, esc"),
    `
    Mon 10:00 | hot high raised
    Mon 10:00:02 | -> wang: hot high
    Mon 10:02 | hot high returned
    Mon 11:00 | fire critical raised
    Mon 11:00:02 | -> wang: fire critical
    Mon 11:01 | fire critical latched
    Mon 11:03:02 | -> chen: escalated fire critical
    Mon 12:00 | .
    `,
  );
  timeline(
    "shelving, suppression and a removed rule end it",
    escalating,
    `
    Mon 10:00 | a high raised
    Mon 10:00 | b high raised
    Mon 10:00 | c high raised
    Mon 10:00:02 | -> wang: a high + b high + c high
    Mon 10:05 | a high shelved
    Mon 10:05 | b high suppressed
    Mon 10:05 | c high rule removed
    Mon 12:00 | .
    `,
  );
});

describe("what calls nobody", () => {
  timeline(
    "late data, shelved and suppressed alarms; after the shelving a standing alarm calls anew",
    escalating,
    `
    Mon 10:00 | hot high raised late
    Mon 10:01 | hot high shelved
    Mon 10:02 | hot high raised while shelved
    Mon 10:03 | cold high suppressed
    Mon 11:00 | hot high unshelved
    Mon 11:00:02 | -> wang: hot high
    Mon 11:05 | hot high acknowledged
    Mon 12:00 | .
    `,
  );
  timeline(
    "an alarm that chatters before anybody acknowledges it is told once",
    escalating,
    `
    Mon 10:00:00 | hot medium raised
    Mon 10:00:02 | -> wang: hot medium
    Mon 10:00:10 | hot medium returned
    Mon 10:00:15 | hot medium raised
    Mon 10:00:20 | hot medium returned
    Mon 10:00:25 | hot medium raised
    Mon 10:30:00 | .
    `,
  );
});

describe("back to normal", () => {
  const returns = escalating.replace("roster: duty, esc", "roster: duty, returns: true, esc");
  timeline(
    "whoever was told is told, the leader too, though the shift has changed",
    returns,
    `
    Mon 19:50 | hot high raised
    Mon 19:50:02 | -> wang: hot high
    Mon 20:00:02 | -> chen: escalated hot high
    Mon 20:05 | hot high acknowledged
    Mon 20:30 | hot high cleared
    Mon 20:30:02 | -> wang: hot high returned
    Mon 20:30:02 | -> chen: hot high returned
    `,
  );
  timeline(
    "what came and went within two seconds is one message",
    returns,
    `
    Mon 10:00:00 | hot high raised
    Mon 10:00:01 | hot high returned
    Mon 10:00:03 | -> wang: hot high returned
    Mon 10:01:00 | hot high acknowledged, normal
    Mon 12:00 | .
    `,
  );
});

describe("quiet hours", () => {
  const quiet = `${people}
routes:
  - { id: all, roster: duty, quiet: { from: "22:00", to: "07:00", priorities: [low, medium] } }`;
  timeline(
    "what can wait is told in the morning, together, if nobody has acknowledged it; what is urgent is told at once",
    quiet,
    `
    Mon 23:00 | a low raised
    Mon 23:30 | b medium raised
    Tue 01:00 | c low raised
    Tue 02:00 | fire high raised
    Tue 02:00:02 | -> li: fire high
    Tue 03:00 | c low acknowledged
    Tue 07:00:02 | -> li: b medium + a low
    Tue 09:00 | .
    `,
  );
});

describe("grouping", () => {
  const few = `${escalating}\ngrouping: { burst: 2, restSeconds: 60 }`;
  timeline(
    "what comes within two seconds is one message, the urgent first",
    escalating,
    `
    Mon 10:00:00 | a low raised
    Mon 10:00:01 | b critical raised
    Mon 10:00:02 | c medium raised
    Mon 10:00:04 | -> wang: b critical + c medium + a low
    Mon 10:02:00 | b critical acknowledged
    `,
  );
  timeline(
    "after many messages one a minute, sooner where something is critical",
    few,
    `
    Mon 10:00:00 | a low raised
    Mon 10:00:02 | -> wang: a low
    Mon 10:00:10 | b low raised
    Mon 10:00:12 | -> wang: b low
    Mon 10:00:20 | c low raised
    Mon 10:00:40 | d low raised
    Mon 10:01:12 | -> wang: c low + d low
    Mon 10:01:14 | fire critical raised
    Mon 10:01:27 | -> wang: fire critical
    Mon 10:03:00 | fire critical acknowledged
    `,
  );
});

describe("the daily test", () => {
  timeline(
    "goes to whoever is on duty, once a day, over each of his channels",
    `${escalating}\ntest: { at: "08:30" }`,
    `
    Sun 08:29:00 | .
    Sun 08:30:00 | -> zhao: test over mqtt
    Sun 08:30:00 | -> chen: test over mqtt
    Mon 08:29:00 | .
    Mon 08:30:00 | -> wang: test over mqtt
    Mon 08:30:00 | -> chen: test over mqtt
    Mon 23:00:00 | .
    `,
  );
});

test("a shift of 20:00 to 08:00 ends at 08:00 sharp, and is the night of the day on which it begins", () => {
  const plant = plantWith(escalating);
  const duty = plant.notification?.rosters[0];
  const at = (text: string) => duty && onDuty(duty, Date.parse(`${text}Z`), noSpecialDays);
  // 2026-11-02 is a Monday.
  expect(at("2026-11-02T07:59:59.999")).toEqual(["zhao"]);
  expect(at("2026-11-02T08:00")).toEqual(["wang"]);
  expect(at("2026-11-02T19:59:59.999")).toEqual(["wang"]);
  expect(at("2026-11-02T20:00")).toEqual(["li"]);
  expect(at("2026-11-07T07:59")).toEqual(["li"]);
  expect(at("2026-11-07T08:00")).toEqual(["zhao"]);
});
