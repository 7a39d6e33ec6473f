"""An independent OPC UA server (asyncua). Each line on standard input sets the variable `x` to that number."""
import asyncio
import sys
from datetime import datetime, timezone

from asyncua import Server, ua

uri = "urn:pilotline:test"


async def main():
    server = Server()
    await server.init()
    server.set_endpoint("opc.tcp://127.0.0.1:0")
    server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
    await server.register_namespace("urn:another")
    index = await server.register_namespace(uri)
    objects = server.nodes.objects
    x = await objects.add_variable(ua.NodeId("x", index), "x", 0.0)
    await objects.add_variable(ua.NodeId("wide", index), "wide", ua.Variant(-(2**40), ua.VariantType.Int64))
    await objects.add_variable(ua.NodeId("flag", index), "flag", True)
    await objects.add_variable(ua.NodeId("text", index), "text", "运行")
    async with server:
        print(server.bserver._server.sockets[0].getsockname()[1], flush=True)
        loop = asyncio.get_running_loop()
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            value = ua.DataValue(ua.Variant(float(line), ua.VariantType.Double), SourceTimestamp=datetime.now(timezone.utc))
            await server.write_attribute_value(x.nodeid, value)


asyncio.run(main())
