"""An independent OPC UA server (asyncua).

Each line on standard input is JSON and is answered with `ok`: a number for the variable `x`, a list of numbers for `x`,
`y` and `z`, or an object such as {"y": 2, "quality": "bad"}. The first argument is the port, 0 or none for a free one.
"""
import asyncio
import json
import sys
from datetime import datetime, timedelta, timezone

from asyncua import Server, ua

uri = "urn:pilotline:test"
port = int(sys.argv[1]) if len(sys.argv) > 1 else 0
names = ["x", "y", "z"]
statuses = {
    "good": ua.StatusCodes.Good,
    "uncertain": ua.StatusCodes.UncertainSensorNotAccurate,
    "bad": ua.StatusCodes.BadSensorFailure,
}


async def main():
    server = Server()
    await server.init()
    server.set_endpoint(f"opc.tcp://127.0.0.1:{port}")
    server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
    await server.register_namespace("urn:another")
    index = await server.register_namespace(uri)
    objects = server.nodes.objects
    nodes = {name: await objects.add_variable(ua.NodeId(name, index), name, 0.0) for name in names}
    await objects.add_variable(ua.NodeId("wide", index), "wide", ua.Variant(-(2**40), ua.VariantType.Int64))
    await objects.add_variable(ua.NodeId("flag", index), "flag", True)
    await objects.add_variable(ua.NodeId("text", index), "text", "运行")
    shown = datetime.now(timezone.utc)
    async with server:
        print(server.bserver._server.sockets[0].getsockname()[1], flush=True)
        loop = asyncio.get_running_loop()
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            wanted = json.loads(line)
            if isinstance(wanted, (int, float)):
                wanted = {"x": wanted}
            elif isinstance(wanted, list):
                wanted = dict(zip(names, wanted))
            status = ua.StatusCode(statuses[wanted.pop("quality", "good")])
            # Each change has a time of its own, also two within a millisecond.
            shown = max(shown + timedelta(milliseconds=1), datetime.now(timezone.utc))
            for name, number in wanted.items():
                variant = ua.Variant(float(number), ua.VariantType.Double)
                value = ua.DataValue(variant, StatusCode=status, SourceTimestamp=shown)
                await server.write_attribute_value(nodes[name].nodeid, value)
            print("ok", flush=True)


asyncio.run(main())
