import { type AlarmPriority, alarmPriorities } from "#shared/model/alarm.ts";
import { nearest, suggest } from "../nearest.ts";
import { type SecretRef, templateWords } from "../notification/channelSchemas.ts";
import { firstGap, firstSpecialGap, noSpecialDays } from "../notification/duty.ts";
import type { NotificationConfig, Route } from "../notification/schema.ts";
import type { Plant } from "../plant.ts";
import type { Report } from "../problem.ts";
import { systemLineId } from "../systemLine.ts";

const root = "notification";

/** Notification: every name resolves, secrets are named once, addresses have their channel's form. */
export function checkNotification({ notification, lines }: Plant, report: Report): void {
  if (!notification) return;
  const { channels, people, rosters, routes } = notification;
  for (const [key, members] of Object.entries({ channels, people, rosters, routes })) unique(members, key, report);
  checkChannels(notification, report);
  const refers = referrer(report);
  for (const [p, person] of people.entries()) {
    for (const [r, { channel, address }] of person.reach.entries()) {
      const path = `${root}.people[${p}].reach[${r}]`;
      refers(`${path}.channel`, "channel", channel, channels);
      const isMail = channels.find(({ id }) => id === channel)?.kind === "mail";
      if (!isMail || /^[^@\s]+@[^@\s]+$/.test(address ?? "")) continue;
      report(path, `\`${person.id}\` has no mail address for the channel \`${channel}\``, "write it as `address`.");
    }
  }
  for (const [r, { shifts }] of rosters.entries()) {
    for (const [s, { people: named }] of shifts.entries()) {
      for (const [i, id] of named.entries())
        refers(`${root}.rosters[${r}].shifts[${s}].people[${i}]`, "person", id, people);
    }
  }
  for (const [r, route] of routes.entries()) {
    const path = `${root}.routes[${r}]`;
    refers(`${path}.roster`, "roster", route.roster, rosters);
    const alarmed = [...lines, { id: systemLineId }];
    for (const [i, id] of (route.lines ?? []).entries()) refers(`${path}.lines[${i}]`, "line", id, alarmed);
    for (const [e, { roster }] of route.escalation.entries()) {
      refers(`${path}.escalation[${e}].roster`, "roster", roster, rosters);
    }
    checkSteps(route, path, report);
  }
}

/** What runs, and is not what anybody wants: times without anybody, alarms that go to nobody. */
export function warnOfSilence({ notification, lines, calendar }: Plant, warn: Report): void {
  if (!notification) return;
  for (const [r, roster] of notification.rosters.entries()) {
    const usual = firstGap(roster);
    const special = usual ? null : firstSpecialGap(roster, calendar ?? noSpecialDays);
    if (!usual && !special) continue;
    const when = usual ? `weekday ${usual.weekday} at ${usual.time}` : `${special?.day} at ${special?.time}`;
    const what = `nobody of the roster \`${roster.id}\` is on duty on ${when}`;
    warn(`${root}.rosters[${r}]`, what, "add a shift; until then alarms of that time go to the route's next step.");
  }
  for (const line of lines) {
    const silent = alarmPriorities.filter(
      (priority) =>
        line.alarms.some((rule) => rule.priority === priority) &&
        !notification.routes.some((route) => fits(route, line.id, priority)),
    );
    if (silent.length === 0) continue;
    warn(
      `${root}.routes`,
      `alarms of line \`${line.id}\` of priority ${silent.join(", ")} go to nobody`,
      "add a route.",
    );
  }
}

const fits = ({ lines, priorities }: Route, line: string, priority: AlarmPriority): boolean =>
  (!lines || lines.includes(line)) && (!priorities || priorities.includes(priority));

type Named = readonly { readonly id: string }[];

const referrer =
  (report: Report) =>
  (path: string, noun: string, id: string, members: Named): void => {
    const known = members.map((member) => member.id);
    if (known.includes(id)) return;
    report(path, `there is no ${noun} \`${id}\``, suggest(id, known, noun === "person" ? "people" : `${noun}s`));
  };

function unique(members: Named, key: string, report: Report): void {
  const seen = new Map<string, number>();
  for (const [i, { id }] of members.entries()) {
    const first = seen.get(id.toLowerCase());
    if (first === undefined) seen.set(id.toLowerCase(), i);
    else report(`${root}.${key}[${i}].id`, `the id \`${id}\` is taken`, `rename one; the other is ${key}[${first}].`);
  }
}

function checkChannels({ channels }: NotificationConfig, report: Report): void {
  for (const [c, channel] of channels.entries()) {
    const path = `${root}.channels[${c}]`;
    const secrets: Record<string, SecretRef | undefined> = {
      ...("password" in channel ? { password: channel.password } : {}),
      ...("secret" in channel ? { secret: channel.secret } : {}),
      ...("url" in channel && typeof channel.url !== "string" ? { url: channel.url } : {}),
    };
    for (const [key, secret] of Object.entries(secrets)) {
      if (!secret || (secret.env === undefined) !== (secret.file === undefined)) continue;
      report(`${path}.${key}`, "a secret comes from `env` or from `file`", "name exactly one of the two.");
    }
    if (channel.kind === "mail") {
      if ((channel.user === undefined) === (channel.password === undefined)) {
        if (channel.user === undefined || channel.security !== "none") continue;
        report(`${path}.security`, "the password would be sent in the clear", "use `tls` or `startTls`.");
      } else report(path, "`user` and `password` belong together", "give both, or neither.");
    }
    if (channel.kind === "webhook" && channel.template) {
      for (const [, word = ""] of channel.template.matchAll(/\{\{\s*([^}]*?)\s*\}\}/g)) {
        if (templateWords.some((known) => known === word)) continue;
        const near = nearest(word, templateWords);
        const remedy = near ? `did you mean \`${near}\`?` : `use one of ${templateWords.join(", ")}.`;
        report(`${path}.template`, `there is no word \`${word}\` for a template`, remedy);
      }
    }
  }
}

/** A later step that comes before an earlier one is a slip. */
function checkSteps({ escalation }: Route, path: string, report: Report): void {
  for (const priority of alarmPriorities) {
    let before = 0;
    for (const [e, { afterMinutes }] of escalation.entries()) {
      const after = afterMinutes[priority];
      if (after === undefined) continue;
      if (after <= before) {
        const what = `${after} min of ${priority} alarms are not more than ${before} of the step before`;
        report(`${path}.escalation[${e}].afterMinutes.${priority}`, what, "count all of them from the first notice.");
      }
      before = after;
    }
  }
}
