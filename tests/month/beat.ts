import { millis } from "#shared/model/time.ts";
import type { HandClock } from "../fakes/handClock.ts";

/** Turns of the event loop within which a request on loopback is answered, and the answer taken. */
const turnsOfAnAnswer = 20;
/** Ingest's rounds of some milliseconds each have their turn once a beat. */
const ingestBeat = millis(25);
/** The gateway's intervals may be this much shorter than the machine's: an OPC UA server keeps to those. */
const gatewayHaste = 2.5;
const longestGatewayBeat = 50;

/** What lets intervals pass while the test waits for something. */
export interface Beat {
  /** Until `isSo`, or as long as `promise` takes. Throws what is wrong where it takes longer than `patienceMs`. */
  until(what: string, isSo: () => boolean): Promise<void>;
  /** At the machine's own pace: what takes ingest long shall not have its rounds heaped upon it. */
  during<T>(promise: Promise<T>): Promise<T>;
  /** Lets what the gateway has begun to ask come to its end: no interval passes, so that it begins nothing new. */
  quiet(): Promise<void>;
}

const patienceMs = 60_000;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const moment = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));

/** The gateway's intervals follow the machine's time, for its servers do. `asked` counts what it asks of instruments. */
export function createBeat(gateway: HandClock, ingest: HandClock, asked: () => number, failed: () => unknown): Beat {
  let last = performance.now();
  const beat = async (hasty: boolean) => {
    await moment();
    const now = performance.now();
    gateway.pass(millis(Math.min(longestGatewayBeat, (now - last) * gatewayHaste)));
    ingest.pass(hasty ? ingestBeat : millis(Math.min(ingestBeat, now - last)));
    last = now;
    const failure = failed();
    if (failure) throw failure;
  };
  const quiet: Beat["quiet"] = async () => {
    let heard = asked();
    for (let still = 0; still < turnsOfAnAnswer; still++) {
      await turn();
      if (asked() === heard) continue;
      heard = asked();
      still = 0;
    }
  };
  return {
    quiet,
    until: async (what, isSo) => {
      const began = performance.now();
      last = began;
      while (!isSo()) {
        await beat(true);
        if (performance.now() - began > patienceMs) throw new Error(`${what}: not within ${patienceMs} ms.`);
      }
    },
    during: async (promise) => {
      let isOver = false;
      const over = promise.then(
        () => {
          isOver = true;
        },
        () => {
          isOver = true;
        },
      );
      last = performance.now();
      while (!isOver) await beat(false);
      await over;
      // Whatever comes next may move the wall, and no poll shall reach over that.
      await quiet();
      return promise;
    },
  };
}
