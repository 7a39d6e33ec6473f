"""An independent Modbus TCP server (pymodbus): register i of every table holds i, the vectors lie at 100.

Each line on standard input is a JSON list of numbers for the first holding registers; it is answered with `ok`.
The first argument is the port, 0 or none for a free one.
"""
import asyncio
import json
import sys

from pymodbus.datastore import ModbusDeviceContext, ModbusSequentialDataBlock, ModbusServerContext
from pymodbus.server import ModbusTcpServer

port = int(sys.argv[1]) if len(sys.argv) > 1 else 0
registers = list(range(200))
registers[100:102] = [0x1234, 0x5678]
registers[102:104] = [0x42F6, 0xE979]
registers[104:108] = [0xFFFF, 0xFFFF, 0xFFFF, 0xFFFE]


def block(values):
    # The block counts from 1, the protocol from 0.
    return ModbusSequentialDataBlock(1, values)


async def main():
    bits = [i % 3 == 0 for i in range(200)]
    device = ModbusDeviceContext(di=block(bits), co=block(bits), hr=block(registers), ir=block(registers))
    server = ModbusTcpServer(ModbusServerContext(devices=device, single=True), address=("127.0.0.1", port))
    serving = asyncio.create_task(server.serve_forever())
    while server.transport is None:
        await asyncio.sleep(0.01)
    print(server.transport.sockets[0].getsockname()[1], flush=True)
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        await server.async_setValues(1, 16, 0, json.loads(line))
        print("ok", flush=True)
    serving.cancel()


asyncio.run(main())
