import { type Clause, driverContract } from "../contracts/driver.ts";
import { openModbusFace, openNodeOpcua, openOpcuaFace, openRawModbus } from "./contractBenches.ts";

const polled = "Modbus has no subscription";
const plain = "Modbus has no quality of its own";
export const modbusSkips: Partial<Record<Clause, string>> = {
  "pushes every change in order": polled,
  "pushes bad and uncertain values as what they are": polled,
  "a lost subscription rejects": polled,
  "a bad value is bad with a reason, and its neighbours are good": plain,
  "an uncertain value comes through with its reason": plain,
};

driverContract("Modbus TCP, a server of a few lines,", openRawModbus, modbusSkips);
driverContract("Modbus TCP, the simulators' face,", openModbusFace, modbusSkips);
driverContract("OPC UA, the server of node-opcua,", openNodeOpcua);
driverContract("OPC UA, the simulators' face,", openOpcuaFace);
