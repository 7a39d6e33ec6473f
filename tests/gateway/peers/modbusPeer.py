"""An independent Modbus TCP server (pymodbus): register i of every table holds i, the vectors lie at 100."""
import asyncio
import sys

from pymodbus.datastore import ModbusDeviceContext, ModbusSequentialDataBlock, ModbusServerContext
from pymodbus.server import ModbusTcpServer

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
    server = ModbusTcpServer(ModbusServerContext(devices=device, single=True), address=("127.0.0.1", 0))
    serving = asyncio.create_task(server.serve_forever())
    while server.transport is None:
        await asyncio.sleep(0.01)
    print(server.transport.sockets[0].getsockname()[1], flush=True)
    await asyncio.gather(serving, asyncio.to_thread(sys.stdin.read))


asyncio.run(main())
