import { Readable } from "node:stream";
import { Type } from "typebox";
import { CodedError } from "#shared/model/errors.ts";
import type { PlantView } from "#shared/model/live.ts";
import type { TagInfo } from "#shared/model/tag.ts";
import type { Dependencies } from "../context.ts";
import { answerHistory } from "../history/answer.ts";
import { csvOf } from "../history/csv.ts";
import { answerStatistics } from "../history/statistics.ts";
import { type App, clientSignal, sessionOf } from "../http.ts";
import { sendUnlessKnown } from "./notChanged.ts";
import { HistorySchema, ProblemSchema, StatisticsSchema, TagIdSchema } from "./schemas.ts";
import { parseRange, TimeQuery } from "./times.ts";

const pixels = { minimum: 50, maximum: 2_000, default: 1_000 } as const;

export function historyRoutes(app: App, deps: Dependencies, plant: PlantView): void {
  const { samples, records, clock, accounts } = deps;
  const tags = new Map<string, TagInfo>(
    plant.lines.flatMap((line) =>
      line.equipment.flatMap((equipment) => equipment.tags.map((info) => [info.tag, info])),
    ),
  );
  const infoOf = (tag: string): TagInfo => {
    const info = tags.get(tag);
    if (!info) throw new CodedError("NOT_FOUND", `There is no tag \`${tag}\` in plant.yaml.`);
    return info;
  };
  const range = { tag: TagIdSchema, from: TimeQuery("Start, included."), to: TimeQuery("End, excluded.") };

  app.get(
    "/api/history",
    {
      schema: {
        tags: ["history"],
        summary: "History of one tag, thinned to the asked pixels, with its gaps",
        querystring: Type.Object(
          { ...range, pixels: Type.Integer({ ...pixels, description: "At most so many points or buckets." }) },
          { additionalProperties: false },
        ),
        response: { 200: HistorySchema, 400: ProblemSchema, 404: ProblemSchema, 503: ProblemSchema },
      },
    },
    async (request, reply) => {
      const { tag, from, to, pixels } = request.query;
      const wanted = { info: infoOf(tag), ...parseRange(from, to), pixels };
      const now = clock.now();
      const answer = await answerHistory(wanted, { samples, records, now }, clientSignal(reply));
      // Of a range that goes on, the next answer is another one anyway.
      return wanted.to < now ? sendUnlessKnown(request, reply, answer) : answer;
    },
  );

  app.get(
    "/api/history/statistics",
    {
      schema: {
        tags: ["history"],
        summary: "Extremes, time-weighted mean and deviation of one tag, from every sample of the range",
        querystring: Type.Object(range, { additionalProperties: false }),
        response: { 200: StatisticsSchema, 400: ProblemSchema, 404: ProblemSchema, 503: ProblemSchema },
      },
    },
    async (request, reply) => {
      const { tag, ...ends } = request.query;
      const { from, to } = parseRange(ends.from, ends.to);
      return answerStatistics(infoOf(tag), from, to, { samples, now: clock.now() }, clientSignal(reply));
    },
  );

  app.get(
    "/api/history.csv",
    {
      schema: {
        tags: ["history"],
        summary: "Every sample of one tag as CSV (UTF-8 with byte order mark), streamed",
        querystring: Type.Object(range, { additionalProperties: false }),
        response: { 400: ProblemSchema, 404: ProblemSchema },
      },
    },
    async (request, reply) => {
      const info = infoOf(request.query.tag);
      const asked = parseRange(request.query.from, request.query.to);
      const { user } = sessionOf(request);
      const now = clock.now();
      accounts.audit.append({
        at: now,
        user,
        address: request.ip,
        action: "export",
        target: info.tag,
        outcome: "done",
        detail: `${asked.from}-${asked.to}`,
      });
      const csv = csvOf({ info, ...asked, platform: plant.platform, createdBy: user, createdAt: now }, samples);
      const name = `${info.tag.replaceAll("/", "_")}_${asked.from}-${asked.to}.csv`;
      return reply
        .type("text/csv; charset=utf-8")
        .header("content-disposition", `attachment; filename="${name}"`)
        .send(Readable.from(csv));
    },
  );
}
