// Alarms of a node-opcua server, and a subscription of its events as the driver makes it.
import {
  type AddressSpace,
  DataType,
  type Namespace,
  type UAExclusiveLimitAlarmEx,
  type UAObject,
  type UAVariable,
} from "node-opcua";
import { type ConditionEvent, type DeviceEvent, parseDeviceEvent } from "#shared/model/deviceEvent.ts";
import type { Reading } from "../../gateway/driver.ts";
import { subscribeEvents } from "../../gateway/drivers/opcua/events.ts";
import { nodeOf } from "../../gateway/drivers/opcua/nodes.ts";
import { subscriptionRequest } from "../../gateway/drivers/opcua/parameters.ts";
import type { OpenSession } from "../../gateway/drivers/opcua/session.ts";
import { env } from "./modbusDevices.ts";
import { opcuaDevice } from "./opcuaBench.ts";

export interface Alarm {
  readonly alarm: UAExclusiveLimitAlarmEx;
  /** Limits are 0, 10, 90 and 100. */
  set(value: number): void;
}

/** An object that reports events, with a variable for each alarm. */
export function addAlarms(namespace: Namespace, names: readonly string[]): Readonly<Record<string, Alarm>> {
  const { addressSpace } = namespace;
  (addressSpace as AddressSpace).installAlarmsAndConditionsService();
  const tank: UAObject = namespace.addObject({
    browseName: "Tank",
    nodeId: "s=Tank",
    organizedBy: addressSpace.rootFolder.objects,
    notifierOf: addressSpace.rootFolder.objects.server,
  } as Parameters<Namespace["addObject"]>[0]);
  return Object.fromEntries(
    names.map((name): [string, Alarm] => {
      const input: UAVariable = namespace.addVariable({
        browseName: name,
        nodeId: `s=${name}`,
        componentOf: tank,
        eventSourceOf: tank,
        dataType: DataType.Double,
        value: { dataType: DataType.Double, value: 50 },
      } as Parameters<Namespace["addVariable"]>[0]);
      const alarm = namespace.instantiateExclusiveLimitAlarm("ExclusiveLevelAlarmType", {
        browseName: `${name}Alarm`,
        nodeId: `s=${name}Alarm`,
        componentOf: tank,
        conditionName: `${name} level`,
        conditionSource: input,
        inputNode: input,
        lowLowLimit: 0,
        lowLimit: 10,
        highLimit: 90,
        highHighLimit: 100,
        optionals: ["ConfirmedState", "SuppressedState"],
      } as Parameters<Namespace["instantiateExclusiveLimitAlarm"]>[1]);
      const set = (value: number) => void input.setValueFromSource({ dataType: DataType.Double, value });
      return [name, { alarm, set }];
    }),
  );
}

export interface Listening {
  readonly readings: readonly Reading[];
  /** Events so far, in order of arrival. */
  events(): readonly DeviceEvent[];
  conditions(): readonly ConditionEvent[];
  until(holds: () => boolean): Promise<void>;
}

/** Subscribes the events of a notifier; returns when the standing ones are there. */
export async function listen(open: OpenSession, notifier: string, world = env()): Promise<Listening> {
  const subscription = await open.session.createSubscription2(
    subscriptionRequest({ ...opcuaDevice(1).polling, publishMs: 50 }),
  );
  const readings: Reading[] = [];
  const waiting = new Set<() => void>();
  const node = nodeOf({ node: notifier }, open.namespaces);
  if (!node) throw new Error("no namespace");
  await subscribeEvents(
    open,
    subscription,
    node,
    (reading) => {
      readings.push(reading);
      for (const wake of waiting) wake();
      waiting.clear();
    },
    world,
  );
  const events = () =>
    readings.flatMap(({ value }) => (typeof value === "string" ? (parseDeviceEvent(value) ?? []) : []));
  return {
    readings,
    events,
    conditions: () => events().filter((event) => event.kind === "condition"),
    until: async (holds) => {
      while (!holds()) await new Promise<void>((resolve) => waiting.add(resolve));
    },
  };
}
