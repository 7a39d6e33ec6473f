import type { AlarmPriority } from "#shared/model/alarm.ts";
import type { TagId } from "#shared/model/sample.ts";
import type { TagInfo } from "#shared/model/tag.ts";
import type { LocalText } from "#shared/model/text.ts";
import type { EpochMs } from "#shared/model/time.ts";
import type { AlarmRuleConfig } from "./alarmRules/registry.ts";
import type { BaselineConfig, TariffConfig, WorkCalendarConfig } from "./figures/platformSchema.ts";

import type { NotificationConfig } from "./notification/schema.ts";
import type { ModbusAddress, ModbusConnection, ModbusPolling } from "./protocols/modbus.ts";
import type { OpcuaAddress, OpcuaConnection, OpcuaPolling } from "./protocols/opcua.ts";
import type { RetentionConfig } from "./retentionSchema.ts";
import type { EquipmentConfig, LineConfig, TagConfig } from "./schema.ts";

export type Calibration = NonNullable<TagConfig["calibration"]>;

interface DeviceBase {
  readonly id: string;
  readonly name?: LocalText;
  readonly gateway: string;
  /** Of all its tags that have none of their own. */
  readonly calibration?: Calibration;
}
/** A device with its protocol's own connection and polling, defaults filled in. */
export type Device =
  | (DeviceBase & { readonly protocol: "opcua"; readonly connection: OpcuaConnection; readonly polling: OpcuaPolling })
  | (DeviceBase & {
      readonly protocol: "modbus";
      readonly connection: ModbusConnection;
      readonly polling: ModbusPolling;
    });

export type Address = OpcuaAddress | ModbusAddress;

/** A checked plant model: every reference resolves, every default is filled in. */
export interface Plant {
  readonly platform: { readonly id: string; readonly name: LocalText; readonly timeZone: string };
  readonly gateways: readonly { readonly id: string; readonly name?: LocalText }[];
  readonly devices: readonly Device[];
  readonly lines: readonly LineConfig[];
  /** For how many hours an alarm of a priority may be shelved at most. */
  readonly shelving: Readonly<Record<AlarmPriority, number>>;
  /** For how long the embedded store keeps what; everything for good where absent. */
  readonly retention?: RetentionConfig | undefined;
  /** Planned time; all time where absent. */
  readonly calendar?: WorkCalendarConfig;
  readonly tariffs?: readonly TariffConfig[];
  readonly gridRegion?: string;
  readonly contractedDemandKw?: number;
  readonly baselines?: readonly BaselineConfig[];
  readonly powerFactorStandard?: number;
  readonly affiliates?: "internal" | "external";
  /** Who is told of alarms; nobody where absent. */
  readonly notification?: NotificationConfig | undefined;
}

/** One tag with everything that somebody downstream asks of it. */
export interface PlantTag {
  readonly id: TagId;
  readonly line: LineConfig;
  readonly equipment: EquipmentConfig;
  readonly config: TagConfig;
  readonly device: Device;
  /** Of the device's protocol. */
  readonly address: Address;
  readonly info: TagInfo;
  /** From here on its calibration is overdue. */
  readonly calibratedUntil?: EpochMs;
}

/** What an alarm rule needs to know of a tag. */
export type AlarmTag = Pick<PlantTag, "id" | "line" | "equipment" | "config" | "info"> &
  Partial<Pick<PlantTag, "device">>;

export interface PlantAlarm {
  /** `<platform>/<line>/<alarm>` */
  readonly id: string;
  readonly line: LineConfig;
  /** Where it is shown. */
  readonly tag: AlarmTag;
  /** All that the rule looks at, `tag` first. */
  readonly inputs: readonly AlarmTag[];
  /** Of the equipment whose state suppresses it, where one does. */
  readonly stateTag?: AlarmTag;
  readonly rule: AlarmRuleConfig;
}
