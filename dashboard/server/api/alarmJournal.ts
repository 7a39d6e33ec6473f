import { Readable } from "node:stream";
import { type Static, Type } from "typebox";
import { type AlarmEvent, alarmPriorities, alarmStates, alarmTransitions } from "#shared/model/alarm.ts";
import { CodedError } from "#shared/model/errors.ts";
import { type EpochMs, hours, instant } from "#shared/model/time.ts";
import type { AlarmQuery } from "#shared/store/records/alarmJournal.ts";
import type { Dependencies } from "../context.ts";
import { type JournalFile, journalCsv, journalJson } from "../history/journalFile.ts";
import { type App, sessionOf } from "../http.ts";
import { AlarmEventSchema, ProblemSchema } from "./schemas.ts";
import { parseInstant, TimeQuery } from "./times.ts";

/** Range of the journal where the query names none. */
const recently = hours(30 * 24);
/** A source clock may run ahead of this one; its events are shown all the same. */
const ahead = hours(24);

const list = (of: readonly string[]): string => `One or more of ${of.join(", ")}, separated by commas.`;
const Words = (description: string) => Type.Optional(Type.String({ minLength: 1, maxLength: 200, description }));
const filters = {
  from: Type.Optional(TimeQuery("Start of the range.")),
  to: Type.Optional(TimeQuery("End of the range, excluded.")),
  line: Words("Only this line."),
  equipment: Words("Only this equipment, by its id within the line."),
  alarm: Words("Only this alarm: <platform>/<line>/<alarm>."),
  priority: Words(list(alarmPriorities)),
  state: Words(`The alarm's state after the event. ${list(alarmStates)}`),
  transition: Words(list(alarmTransitions)),
  user: Words("Only what this user did."),
  text: Words("Part of the alarm's name, its id, its tag, or of the comment."),
};
const FilterSchema = Type.Object(filters, { additionalProperties: false });
type Filter = Static<typeof FilterSchema>;

/** The words of a list; throws `MALFORMED` for one that is none of `allowed`. */
function wordsOf<Word extends string>(key: string, text: string, allowed: readonly Word[]): readonly Word[] {
  return text.split(",").map((word) => {
    const known = allowed.find((one) => one === word);
    if (known === undefined) {
      throw new CodedError("MALFORMED", `\`${key}\` takes ${allowed.join(", ")}, got \`${word}\`.`);
    }
    return known;
  });
}

function queryOf(filter: Filter, now: EpochMs): Omit<AlarmQuery, "limit"> {
  const { from, to, priority, state, transition, ...plain } = filter;
  const end = to === undefined ? instant(now + ahead) : parseInstant("to", to);
  const start = from === undefined ? instant(Math.max(0, end - recently)) : parseInstant("from", from);
  if (start >= end) throw new CodedError("MALFORMED", "`from` must lie before `to`.");
  return {
    from: start,
    to: end,
    ...plain,
    ...(priority === undefined ? {} : { priorities: wordsOf("priority", priority, alarmPriorities) }),
    ...(state === undefined ? {} : { states: wordsOf("state", state, alarmStates) }),
    ...(transition === undefined ? {} : { transitions: wordsOf("transition", transition, alarmTransitions) }),
  };
}

const cursorOf = ({ at, seq }: AlarmEvent): string => `${at}_${seq}`;
function parseCursor(text: string): { readonly at: EpochMs; readonly seq: number } {
  const [at = "", seq = ""] = text.split("_");
  return { at: parseInstant("before", at), seq: Number(seq) };
}

/** The alarm journal: searched page by page, or whole as a file. */
export function alarmJournalRoutes(app: App, { records, clock, accounts, plant }: Dependencies): void {
  app.get(
    "/api/alarms/journal",
    {
      schema: {
        tags: ["alarms"],
        summary: "Alarm journal, newest first; the last 30 days where no range is given",
        querystring: Type.Object(
          {
            ...filters,
            before: Type.Optional(
              Type.String({ pattern: "^\\d{1,13}_\\d{1,16}$", description: "`next` of the page before." }),
            ),
            limit: Type.Integer({ minimum: 1, maximum: 1_000, default: 200, description: "At most so many entries." }),
          },
          { additionalProperties: false },
        ),
        response: {
          200: Type.Object({
            events: Type.Array(AlarmEventSchema),
            next: Type.Union([Type.String(), Type.Null()], { description: "Of the next page; null behind the last." }),
          }),
          400: ProblemSchema,
        },
      },
    },
    async ({ query: { before, limit, ...filter } }) => {
      const query = queryOf(filter, clock.now());
      const page = before === undefined ? {} : { before: parseCursor(before) };
      const events = records.alarmEvents({ ...query, ...page, limit: limit + 1 });
      const shown = events.slice(0, limit);
      const last = shown.at(-1);
      return { events: shown, next: events.length > limit && last ? cursorOf(last) : null };
    },
  );

  const file = (kind: "csv" | "json", type: string, write: (file: JournalFile) => AsyncIterable<string>): void => {
    app.get(
      `/api/alarms/journal.${kind}`,
      {
        schema: {
          tags: ["alarms"],
          summary: `What a search of the journal finds as ${kind.toUpperCase()}, all of it, streamed`,
          querystring: FilterSchema,
          response: { 400: ProblemSchema },
        },
      },
      async (request, reply) => {
        const now = clock.now();
        const query = queryOf(request.query, now);
        const { user } = sessionOf(request);
        accounts.audit.append({
          ...{ at: now, user, address: request.ip, action: "export", target: "alarm journal", outcome: "done" },
          detail: `${kind} ${JSON.stringify(query)}`,
        });
        const { platform } = plant;
        const body = write({ query, records, platform, createdBy: user, createdAt: now });
        return reply
          .type(`${type}; charset=utf-8`)
          .header("content-disposition", `attachment; filename="alarm-journal_${query.from}-${query.to}.${kind}"`)
          .send(Readable.from(body));
      },
    );
  };
  file("csv", "text/csv", journalCsv);
  file("json", "application/json", journalJson);
}
