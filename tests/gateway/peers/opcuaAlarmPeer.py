"""A small asyncua server with an alarm, as an independent OPC UA peer.

Prints its port, then answers each line of standard input with `ok`: `on` and `off` raise and end the alarm of `Tank`,
`plain` reports an event that is no condition.
"""
import asyncio
import sys

from asyncua import Server, ua

uri = "urn:pilotline:test"
port = int(sys.argv[1]) if len(sys.argv) > 1 else 0


async def main():
    server = Server()
    # Else it knows no ConditionRefresh.
    server.iserver.bind_condition_methods = True
    await server.init()
    server.set_endpoint(f"opc.tcp://127.0.0.1:{port}")
    server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
    index = await server.register_namespace(uri)
    tank = await server.nodes.objects.add_object(ua.NodeId("Tank", index), "Tank")
    plain = await server.get_event_generator()
    alarm = await server.get_event_generator(ua.ObjectIds.ExclusiveLevelAlarmType, emitting_node=ua.ObjectIds.Server)
    event = alarm.event
    event.NodeId = ua.NodeId("TankAlarm", index)
    event.SourceNode = tank.nodeid
    event.SourceName = "Tank"
    event.ConditionName = "Tank level"
    event.BranchId = ua.NodeId()
    event.Quality = ua.StatusCode(ua.StatusCodes.UncertainSensorNotAccurate)
    event.Severity = 700
    event.Comment = ua.LocalizedText("seen")
    event.add_variable("LimitState/CurrentState", None, ua.VariantType.LocalizedText)
    setattr(event, "EnabledState/Id", True)
    setattr(event, "AckedState/Id", False)

    async def turn(active):
        event.Retain = active
        event.Message = ua.LocalizedText("液位高" if active else "正常")
        setattr(event, "ActiveState/Id", active)
        setattr(event, "LimitState/CurrentState", ua.LocalizedText("High") if active else None)
        await alarm.trigger()

    async with server:
        print(server.bserver._server.sockets[0].getsockname()[1], flush=True)
        loop = asyncio.get_running_loop()
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            if line.strip() == "plain":
                await plain.trigger(message="no condition")
            else:
                await turn(line.strip() == "on")
            print("ok", flush=True)


asyncio.run(main())
