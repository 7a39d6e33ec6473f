import type { Clock } from "#shared/kit/clock.ts";
import { messageOf } from "#shared/model/errors.ts";
import { millis, seconds } from "#shared/model/time.ts";
import { DeliveryError } from "./tries.ts";

export interface Posted {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A server that says nothing for so long is taken for hanging. */
const timeout = seconds(10);
const mostAnswerBytes = 64 * 1024;

/**
 * POSTs and gives the text of an answer in the two hundreds. Everything else is thrown as `DeliveryError`; the address
 * is never in its text, for it may hold a token. Redirects are not followed.
 */
export async function post(
  { url, headers, body }: Posted,
  { clock, fetch }: { readonly clock: Clock; readonly fetch: typeof globalThis.fetch },
  signal: AbortSignal,
): Promise<string> {
  const settled = new AbortController();
  const hanging = new AbortController();
  void clock.sleep(timeout, settled.signal).then(() => {
    if (!settled.signal.aborted) hanging.abort();
  });
  const init = {
    method: "POST",
    headers,
    body,
    redirect: "manual",
    signal: AbortSignal.any([signal, hanging.signal]),
  } as const;
  try {
    const answer = await fetch(url, init);
    const text = await readText(answer);
    if (answer.ok) return text;
    throw refusal(answer, text, clock);
  } catch (error) {
    if (error instanceof DeliveryError) throw error;
    if (hanging.signal.aborted) throw new DeliveryError("TIMEOUT", `the server did not answer within ${timeout} ms.`);
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    throw new DeliveryError("NOT_CONNECTED", `the server cannot be reached: ${messageOf(cause)}.`, { cause: error });
  } finally {
    settled.abort();
  }
}

/** The beginning of an answer; the rest is not waited for. */
async function readText(answer: Response): Promise<string> {
  if (!answer.body) return "";
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of answer.body) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > mostAnswerBytes) break;
  }
  return Buffer.concat(chunks).toString("utf8");
}

function refusal(answer: Response, text: string, clock: Clock): DeliveryError {
  const { status } = answer;
  const said = `the server answered ${status}: ${text.replaceAll(/\s+/g, " ").slice(0, 200)}`;
  if (status === 429 || status === 503)
    return new DeliveryError("BUSY", said, { retryAfter: retryAfterOf(answer, clock) });
  if (status >= 500 || status === 408) return new DeliveryError("NOT_CONNECTED", said);
  if (status === 401 || status === 403 || status === 404 || status === 410 || status < 400) {
    return new DeliveryError("FORBIDDEN", said);
  }
  return new DeliveryError("MALFORMED", said);
}

/** `Retry-After` in seconds or as a date (RFC 9110, 10.2.3). */
function retryAfterOf(answer: Response, clock: Clock) {
  const text = answer.headers.get("retry-after");
  if (text === null) return undefined;
  const wait = /^\d+$/.test(text) ? seconds(Number(text)) : millis(Date.parse(text) - clock.now());
  return Number.isFinite(wait) && wait > 0 ? wait : undefined;
}
