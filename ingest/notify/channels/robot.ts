import { CodedError, type ErrorCode } from "#shared/model/errors.ts";
import { seconds } from "#shared/model/time.ts";
import type { ChannelEnv } from "../channel.ts";
import { post } from "../http.ts";
import { DeliveryError } from "../tries.ts";

/** What a robot's answer means: `retry` too fast or a fault of theirs, `channel` the robot is refused, `message` this text is. */
export type Verdict = "retry" | "channel" | "message";

const codes = { retry: "BUSY", channel: "FORBIDDEN", message: "MALFORMED" } as const satisfies Record<
  Verdict,
  ErrorCode
>;

/** A server that says "too fast" counts by the minute. */
const restWhenTooFast = seconds(20);

/** How a maker's answers are read: they refuse with status 200, and say so in the body. */
export interface RobotAnswers {
  /** Keys of the code and of the text. */
  readonly code: readonly string[];
  readonly text: readonly string[];
  /** By code; any other code that is not 0 means that the message is refused. */
  readonly verdicts: Readonly<Record<number, Verdict>>;
}

/** POSTs JSON to a group's robot; resolves when its answer says so. */
export async function postToRobot(
  url: string,
  body: unknown,
  answers: RobotAnswers,
  env: Pick<ChannelEnv, "clock" | "fetch">,
  signal: AbortSignal,
): Promise<void> {
  const headers = { "content-type": "application/json; charset=utf-8" };
  const text = await post({ url, headers, body: JSON.stringify(body) }, env, signal);
  const answer = asObject(text);
  const code = answers.code.map((key) => answer?.[key]).find((value) => typeof value === "number");
  if (code === 0) return;
  const said =
    answers.text.map((key) => answer?.[key]).find((value) => typeof value === "string") ?? text.slice(0, 200);
  if (code === undefined)
    throw new DeliveryError("NOT_CONNECTED", `the answer is none of a robot: ${text.slice(0, 200)}`);
  const verdict = answers.verdicts[code as number] ?? "message";
  const retryAfter = verdict === "retry" ? restWhenTooFast : undefined;
  throw new DeliveryError(codes[verdict], `the robot answered ${code}: ${said}`, { retryAfter });
}

function asObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** The address of a robot as a secret holds it; throws `CONFIG` where it is none. */
export function robotUrl(text: string, channel: string): URL {
  const url = URL.parse(text);
  if (url?.protocol === "https:" || url?.protocol === "http:") return url;
  throw new CodedError("CONFIG", `channel \`${channel}\`: what its \`url\` names is no web address.`);
}

/** Title and text as one plain text. */
export const plainText = ({ title, text }: { readonly title: string; readonly text: string }): string =>
  `${title}\n${text}`;
