import type { Clock } from "#shared/kit/clock.ts";
import { CodedError } from "#shared/model/errors.ts";
import { instant, millis } from "#shared/model/time.ts";
import { createAlarm } from "./alarm.ts";
import { createConnection } from "./connection.ts";
import { isAway } from "./exceptions.ts";
import { isPartOf, type Read, readFunctions, readOf } from "./frames/pdu.ts";
import type { LineSetup } from "./lineSetup.ts";
import type { Link } from "./linkPort.ts";
import { createOpenRequests, type OpenRequest } from "./openRequests.ts";
import { createRotation } from "./rotation.ts";
import { createSilentUnits } from "./silentUnits.ts";
import { know, newUnit, refuse, type Transmission, type Unit, type Waiting } from "./waiting.ts";

/** From this many bad or missing answers in a row the connection is opened anew, where no unit answers. */
const failuresToRenew = 2;
/**
 * After this many timeouts without a word to the unit or from it, it is taken to owe nothing that cannot be told apart: a
 * serial server may hold answers for long, and each one that still comes shows that it does.
 */
const timeoutsToForget = 10;
/** Of so many lost transactions, a new connection is the better way to know late answers. */
const mostLost = 4_096;

type Sent = OpenRequest<Transmission>;

/** A link over any framing and line: turns, deadlines, and the state of the connection. */
export function createSharedLine(setup: LineSetup, clock: Clock): Link {
  const { where, framing } = setup;
  const { hasTransactions } = framing;
  const units = new Map<number, Unit>();
  const attached = new Set<number>();
  const queue = createRotation<Waiting>();
  const requests = createOpenRequests<Transmission>(hasTransactions);
  const silent = createSilentUnits(clock);
  const failures = { units: new Set<number>(), inARow: 0 };
  const heardSignals = new WeakSet<AbortSignal>();
  let freeAt = 0;
  /** Closed by ourselves, to be opened for the next request. */
  let renewing: "no" | "closed" | "opening" = "no";
  let timeoutToOpen = millis(0);

  const notConnected = (why: string) => new CodedError("NOT_CONNECTED", `${where}: ${why}.`);
  const harmsOthers = (unit: number) => [...attached].some((other) => other !== unit && !silent.has(other));
  const unitOf = (id: number): Unit => {
    const unit = units.get(id) ?? newUnit(id);
    units.set(id, unit);
    return unit;
  };
  const noFailures = () => {
    failures.units.clear();
    failures.inARow = 0;
  };

  const late = (id: number) => {
    const unit = unitOf(id);
    unit.counts.lateFrames += 1;
    if (!requests.owes(id)) unit.restUntil = 0;
  };

  const accept = (request: Sent, answer: Uint8Array | number) => {
    const { waiting, began, at } = request.of;
    const { unit, ask } = waiting;
    const now = clock.monotonic();
    const latencyMs = now - began;
    requests.close(request);
    unit.isUnclear = false;
    if (failures.inARow > 0) noFailures();
    freeAt = now + Math.max(ask.pause, setup.gap);
    if (typeof answer === "number" && isAway(answer)) silent.wasted(unit.id, latencyMs, harmsOthers(unit.id));
    else silent.answered(unit.id);
    if (waiting.isSettled) return;
    const isProbe = request.read !== waiting.read;
    if (isProbe && !(typeof answer === "number" && isPartOf(request.read, waiting.read)))
      return queue.putBack(unit.id, waiting);
    waiting.isSettled = true;
    if (typeof answer === "number") return waiting.resolve({ exception: answer, latencyMs });
    if (!hasTransactions) know(unit, waiting.read);
    waiting.resolve({ data: answer, at: instant(Math.round((at + clock.now()) / 2)), latencyMs });
  };

  const giveUp = (request: Sent, code: "TIMEOUT" | "MALFORMED", why: string) => {
    const { waiting, began, deadline } = request.of;
    const { unit, ask } = waiting;
    const now = clock.monotonic();
    requests.giveUp(request);
    // What is late shall not be heaped with more: the unit is left alone until its answer has come, or as long again.
    if (!hasTransactions && now >= deadline) unit.restUntil = now + ask.timeout;
    if (code === "TIMEOUT") {
      unit.counts.timeouts += 1;
      silent.wasted(unit.id, now - began, harmsOthers(unit.id));
    } else silent.answered(unit.id);
    const what = `${ask.table} ${ask.start}+${ask.count}`;
    refuse(waiting, new CodedError(code, `${where} unit ${unit.id}, ${what}: ${why}.`));
    failures.units.add(unit.id);
    failures.inARow += 1;
  };

  /** A new connection where the old one brings nothing more, or nothing that can be told apart. */
  const renewIfUseless = () => {
    if (failures.inARow === 0) return;
    const isCut = !framing.findsStart && requests.size === 0 && connection.pending > 0;
    const isDead = failures.inARow >= failuresToRenew && [...attached].every((unit) => failures.units.has(unit));
    if (isCut || isDead || requests.lost > mostLost) renew();
  };

  const renew = () => {
    if (!connection.isOpen) return;
    connection.close();
    renewing = "closed";
    noFailures();
    for (const { unit, of } of requests.reset()) queue.putBack(unit, of.waiting);
  };

  const end = (why: string) => {
    connection.close();
    alarm.stop();
    renewing = "no";
    noFailures();
    for (const { of } of requests.reset()) refuse(of.waiting, notConnected(why));
    for (const waiting of queue.take()) refuse(waiting, notConnected(why));
  };

  const connection = createConnection(setup.open, framing, {
    frame: (transaction, unit, pdu) => {
      unitOf(unit).lastTraffic = clock.monotonic();
      const judged = requests.judge(transaction, unit, pdu);
      if (judged.is === "late") return late(unit);
      const { request } = judged;
      const { counts } = request.of.waiting.unit;
      if (judged.is === "answer") return accept(request, judged.answer);
      if (judged.is === "unclear") {
        request.of.waiting.unit.isUnclear = true;
        counts.lateFrames += 1;
        return;
      }
      counts.badFrames += 1;
      giveUp(request, "MALFORMED", "the answer is none to this request");
    },
    damaged: (unit, functionCode, byteCount) => {
      for (const { unit: asked, read, of } of requests.all()) {
        if (of.damage === "none") of.waiting.unit.counts.badFrames += 1;
        const isWhole = asked === unit && read.functionCode === functionCode && read.byteCount === byteCount;
        if (of.damage !== "whole") of.damage = isWhole ? "whole" : "noise";
      }
    },
    outOfStep: (why) => {
      for (const request of requests.all()) {
        request.of.waiting.unit.counts.badFrames += 1;
        giveUp(request, "MALFORMED", `the device sent ${why}`);
      }
      renew();
    },
    awaits: requests.awaits,
    awaitsMore: () => requests.size > 1,
    taken: () => {
      for (const request of requests.all()) {
        if (request.of.damage === "whole") giveUp(request, "MALFORMED", "the check sum of the answer is wrong");
      }
      renewIfUseless();
      pump();
    },
    gone: end,
  });

  const alarm = createAlarm(clock, () => {
    const now = clock.monotonic();
    for (const request of requests.all()) {
      const { deadline, damage, waiting } = request.of;
      if (deadline > now) continue;
      if (damage === "none") giveUp(request, "TIMEOUT", `no answer in ${waiting.ask.timeout} ms`);
      else giveUp(request, "MALFORMED", `only damaged frames in ${waiting.ask.timeout} ms`);
    }
    renewIfUseless();
    pump();
    for (const { of } of requests.all()) alarm.by(of.deadline);
  });

  const transmit = (waiting: Waiting, read: Read, now: number) => {
    const { ask, unit } = waiting;
    const deadline = now + ask.timeout;
    const of: Transmission = { waiting, at: clock.now(), began: now, deadline, damage: "none" };
    const { transaction } = requests.open(unit.id, read, of);
    unit.counts.requests += 1;
    unit.lastTraffic = now;
    alarm.by(deadline);
    connection.send(framing.encode(transaction, unit.id, read));
  };

  /** Sends the request, or a probe before it where its answer could be mistaken for a late one. */
  const dispatch = (waiting: Waiting, now: number) => {
    const { unit, read, ask } = waiting;
    // What has come by halves is the end of something late or the beginning of nothing, and no answer to this.
    if (requests.size === 0 && connection.pending > 0) {
      if (!framing.findsStart) {
        queue.putBack(unit.id, waiting);
        return renew();
      }
      connection.forget();
    }
    if (!requests.owes(unit.id)) return transmit(waiting, read, now);
    const planned = requests.plan(unit.id, read, unit.known.values());
    if (planned.send !== "never" && !unit.isUnclear) {
      return transmit(waiting, planned.send === "probe" ? planned.read : read, now);
    }
    queue.putBack(unit.id, waiting);
    const reopens = planned.send === "never" && setup.forgetsByReopening;
    unit.restUntil = reopens ? now : unit.lastTraffic + timeoutsToForget * ask.timeout;
    if (now < unit.restUntil) return;
    unit.isUnclear = false;
    if (planned.send === "never") requests.forget(unit.id, read);
    else requests.trustExceptions(unit.id);
    if (reopens) renew();
  };

  const pump = () => {
    while (connection.isOpen && requests.size < setup.inFlight) {
      const now = clock.monotonic();
      const waiting = now < freeAt ? undefined : queue.next((unit) => unitOf(unit).restUntil <= now);
      if (!waiting) {
        for (const unit of queue.units()) alarm.by(Math.max(freeAt, unitOf(unit).restUntil));
        return;
      }
      if (!waiting.isSettled) dispatch(waiting, now);
    }
    if (!connection.isOpen && renewing === "closed" && queue.all().length > 0) void reopen();
  };

  const reopen = async () => {
    renewing = "opening";
    try {
      await connection.open(timeoutToOpen);
      renewing = "no";
      pump();
    } catch (error) {
      if (renewing === "opening")
        end(`it cannot be opened again: ${error instanceof CodedError ? error.detail : error}`);
    }
  };

  /** One listener per signal, not per request. */
  const listen = (signal: AbortSignal) => {
    if (heardSignals.has(signal)) return;
    heardSignals.add(signal);
    const stop = () => {
      const waiting = [...queue.all(), ...[...requests.all()].map(({ of }) => of.waiting)];
      for (const one of waiting) if (one.signal === signal) refuse(one, notConnected("stopped by the gateway"));
    };
    signal.addEventListener("abort", stop, { once: true });
  };

  const detach = (unit: number) => {
    attached.delete(unit);
    silent.left(unit);
    units.get(unit)?.known.clear();
    const waiting = [...queue.take(unit)];
    for (const request of requests.all()) if (request.unit === unit) waiting.push(request.of.waiting);
    for (const one of waiting) refuse(one, notConnected(`unit ${unit} was given up`));
    if (attached.size === 0) end("no longer needed");
  };

  return {
    attach: async (unit, timeout, signal) => {
      await silent.turn(unit, timeout, () => harmsOthers(unit), signal);
      attached.add(unit);
      try {
        await connection.open(timeout, signal);
      } catch (error) {
        detach(unit);
        throw error;
      }
      if (renewing === "closed") renewing = "no";
      pump();
    },
    detach,
    request: (ask, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(notConnected("stopped by the gateway"));
        if (!connection.isOpen && renewing === "no") return reject(notConnected("not connected"));
        listen(signal);
        const read = readOf(readFunctions[ask.table], ask.start, ask.count);
        queue.add(ask.unit, { ask, unit: unitOf(ask.unit), read, signal, resolve, reject, isSettled: false });
        timeoutToOpen = ask.timeout;
        pump();
      }),
    counts: (unit) => ({ ...unitOf(unit).counts, reconnects: connection.reopened }),
    [Symbol.asyncDispose]: async () => {
      attached.clear();
      end("closed by the gateway");
    },
  };
}
