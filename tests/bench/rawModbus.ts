// Either end of a raw Modbus connection in a process of its own: `server`, or one of the clients that are measured.
import { once } from "node:events";
import { connect, createServer } from "node:net";
import modbusSerial from "modbus-serial";
import { systemClock } from "#shared/kit/clock.ts";
import { millis } from "#shared/model/time.ts";
import { createLink } from "../../gateway/drivers/modbus/link.ts";
import { tcpConnection } from "../gateway/defaults.ts";

const registers = 125;
const requestBytes = 12;
const answerBytes = 9 + registers * 2;
const warmUpMs = 500;

/** Reads in a row, `inFlight` at once, for `forMs`; what they took. */
async function measure(read: () => Promise<unknown>, inFlight: number, forMs: number) {
  const until = async (end: number) => {
    let reads = 0;
    const worker = async () => {
      for (; performance.now() < end; reads++) await read();
    };
    await Promise.all(Array.from({ length: inFlight }, worker));
    return reads;
  };
  await until(performance.now() + warmUpMs);
  const cpu = process.cpuUsage();
  const began = performance.now();
  const reads = await until(began + forMs);
  const { user, system } = process.cpuUsage(cpu);
  return { perSecond: (reads * 1_000) / (performance.now() - began), cpuUs: (user + system) / reads };
}

/** Answers as fast as a socket goes: one prepared frame with the id of the request. */
async function server(): Promise<number> {
  const listening = createServer({ noDelay: true }, (socket) => {
    socket.on("error", () => socket.destroy());
    socket.on("data", (bytes: Buffer) => {
      for (let at = 0; at + requestBytes <= bytes.length; at += requestBytes) {
        const answer = Buffer.alloc(answerBytes);
        answer[0] = bytes[at] ?? 0;
        answer[1] = bytes[at + 1] ?? 0;
        answer.writeUInt16BE(answerBytes - 6, 4);
        answer[6] = 1;
        answer[7] = 3;
        answer[8] = registers * 2;
        socket.write(answer);
      }
    });
  }).listen(0, "127.0.0.1");
  await once(listening, "listening");
  const address = listening.address();
  return typeof address === "object" && address ? address.port : 0;
}

/** The least that a client can do: no check, no deadline, one in flight. */
async function rawReader(port: number): Promise<() => Promise<unknown>> {
  const socket = connect({ host: "127.0.0.1", port, noDelay: true });
  await once(socket, "connect");
  let transaction = 0;
  let answered: (data: Buffer) => void = () => {};
  let waiting = Buffer.alloc(0);
  socket.on("data", (bytes) => {
    waiting = waiting.length === 0 ? bytes : Buffer.concat([waiting, bytes]);
    if (waiting.length < answerBytes) return;
    const data = waiting.subarray(9);
    waiting = Buffer.alloc(0);
    answered(data);
  });
  return () =>
    new Promise((resolve) => {
      answered = resolve;
      transaction = (transaction + 1) & 0xffff;
      const request = Buffer.alloc(requestBytes);
      request.writeUInt16BE(transaction, 0);
      request.writeUInt16BE(6, 4);
      request[6] = 1;
      request[7] = 3;
      request.writeUInt16BE(registers, 10);
      socket.write(request);
    });
}

async function linkReader(port: number, inFlight: number): Promise<() => Promise<unknown>> {
  const link = createLink({ ...tcpConnection(port), inFlight }, { clock: systemClock });
  const never = new AbortController().signal;
  const timeout = millis(2_000);
  await link.attach(1, timeout, never);
  const ask = { unit: 1, timeout, pause: millis(0), table: "holding", start: 0, count: registers } as const;
  return () => link.request(ask, never);
}

async function libraryReader(port: number): Promise<() => Promise<unknown>> {
  const client = new modbusSerial.default();
  await client.connectTCP("127.0.0.1", { port });
  client.setID(1);
  client.setTimeout(2_000);
  return () => client.readHoldingRegisters(0, registers);
}

const [role, port, inFlight, forMs] = process.argv.slice(2);
if (role === "server") process.send?.(await server());
else {
  const readers = { raw: rawReader, link: linkReader, library: libraryReader };
  const reader = readers[role as keyof typeof readers];
  process.send?.(await measure(await reader(Number(port), Number(inFlight)), Number(inFlight), Number(forMs)));
  process.exit(0);
}
