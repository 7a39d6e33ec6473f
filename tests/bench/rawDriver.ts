// The bare client libraries in a process of their own: what a gateway that did nothing else would cost.
import modbusSerial from "modbus-serial";
import { ClientMonitoredItemGroup, OPCUAClient, TimestampsToReturn } from "node-opcua";

export interface RawTask {
  readonly kind: "modbus" | "opcua";
  readonly port: number;
  readonly units: number;
  readonly registers: number;
  readonly periodMs: number;
  readonly nodes: readonly string[];
  readonly samplingMs: number;
  readonly publishMs: number;
}

const count = { notifications: 0, registers: 0 };
process.on("message", () => process.send?.({ ...count, pid: process.pid }));

async function modbus({ port, units, registers, periodMs }: RawTask): Promise<void> {
  const client = new modbusSerial.default();
  await client.connectTCP("127.0.0.1", { port });
  client.setTimeout(2_000);
  const poll = async () => {
    for (let unit = 1; unit <= units; unit++) {
      client.setID(unit);
      const { buffer } = await client.readHoldingRegisters(0, registers);
      for (let at = 0; at + 4 <= buffer.length; at += 4) buffer.readFloatBE(at);
      count.registers += registers;
    }
    setTimeout(poll, periodMs);
  };
  await poll();
}

async function opcua({ port, nodes, samplingMs, publishMs }: RawTask): Promise<void> {
  const client = OPCUAClient.create({ endpointMustExist: false });
  await client.connect(`opc.tcp://127.0.0.1:${port}`);
  const session = await client.createSession();
  const subscription = await session.createSubscription2({
    requestedPublishingInterval: publishMs,
    requestedMaxKeepAliveCount: 10,
    requestedLifetimeCount: 600,
    maxNotificationsPerPublish: 10_000,
    publishingEnabled: true,
    priority: 1,
  });
  const namespaces = await session.readNamespaceArray();
  const index = namespaces.indexOf("urn:pilotline:simulators");
  const group = ClientMonitoredItemGroup.create(
    subscription,
    nodes.map((name) => ({ nodeId: `ns=${index};s=${name}`, attributeId: 13 })),
    { samplingInterval: samplingMs, queueSize: 100, discardOldest: true },
    TimestampsToReturn.Both,
  );
  group.on("changed", () => {
    count.notifications += 1;
  });
}

const task: RawTask = JSON.parse(process.argv[2] ?? "{}");
await (task.kind === "modbus" ? modbus(task) : opcua(task));
process.send?.({ ready: true });
