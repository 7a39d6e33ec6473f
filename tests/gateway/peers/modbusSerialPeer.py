"""An independent Modbus slave on a serial line (pymodbus): holding register i holds i, unit 1.

Arguments: port (unused), path of the line, framing (rtu or ascii). Says 0 when it listens; ends with its standard input.
"""
import asyncio
import sys

from pymodbus import FramerType
from pymodbus.datastore import ModbusDeviceContext, ModbusSequentialDataBlock, ModbusServerContext
from pymodbus.server import ModbusSerialServer

path, framing = sys.argv[2:4]
framers = {"rtu": FramerType.RTU, "ascii": FramerType.ASCII}


async def main():
    device = ModbusDeviceContext(hr=ModbusSequentialDataBlock(1, list(range(200))))
    server = ModbusSerialServer(
        ModbusServerContext(devices=device, single=True),
        framer=framers[framing],
        port=path,
        baudrate=19200,
    )
    serving = asyncio.create_task(server.serve_forever())
    while server.transport is None:
        await asyncio.sleep(0.01)
    print(0, flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    serving.cancel()


asyncio.run(main())
