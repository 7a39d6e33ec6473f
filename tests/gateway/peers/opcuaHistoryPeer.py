"""A small asyncua server that keeps a history, as an independent OPC UA peer.

Prints its port, then answers each line of standard input with `ok`: a number is the next value of `kept`, which is
historised, and of `plain`, which is not. The source time of the value n is n seconds after 2026-01-02T03:00:00Z.
"""
import asyncio
import sys
from datetime import datetime, timedelta, timezone

from asyncua import Server, ua

uri = "urn:pilotline:test"
port = int(sys.argv[1]) if len(sys.argv) > 1 else 0
start = datetime(2026, 1, 2, 3, 0, 0, tzinfo=timezone.utc)


async def main():
    server = Server()
    await server.init()
    server.set_endpoint(f"opc.tcp://127.0.0.1:{port}")
    server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
    index = await server.register_namespace(uri)
    objects = server.nodes.objects
    nodes = [await objects.add_variable(ua.NodeId(name, index), name, 0.0) for name in ["kept", "plain"]]
    async with server:
        await server.historize_node_data_change(nodes[0], period=None, count=0)
        print(server.bserver._server.sockets[0].getsockname()[1], flush=True)
        loop = asyncio.get_running_loop()
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            number = int(line)
            variant = ua.Variant(float(number), ua.VariantType.Double)
            value = ua.DataValue(variant, SourceTimestamp=start + timedelta(seconds=number))
            for node in nodes:
                await server.write_attribute_value(node.nodeid, value)
            # The history listens by a subscription of its own.
            kept = 0
            while kept < number:
                await asyncio.sleep(0.01)
                stored = await nodes[0].read_raw_history(start, start + timedelta(days=1))
                kept = max((int(one.Value.Value) for one in stored), default=0)
            print("ok", flush=True)


asyncio.run(main())
