import { driverContract } from "../contracts/driver.ts";
import { openModbusFace, openNodeOpcua, openOpcuaFace, openRawModbus } from "./contractBenches.ts";
import { modbusSkips } from "./contractSkips.ts";

driverContract("Modbus TCP, a server of a few lines,", openRawModbus, modbusSkips);
driverContract("Modbus TCP, the simulators' face,", openModbusFace, modbusSkips);
driverContract("OPC UA, the server of node-opcua,", openNodeOpcua);
driverContract("OPC UA, the simulators' face,", openOpcuaFace);
