"""An independent OPC UA server in C: open62541, as the package o6 holds it. Lines and argument as of opcuaPeer.py."""
import json
import socket
import sys
from datetime import datetime, timedelta, timezone

import o6

names = ["x", "y", "z"]
statuses = {"good": 0, "uncertain": 0x40930000, "bad": 0x808C0000}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


port = (int(sys.argv[1]) if len(sys.argv) > 1 else 0) or free_port()
# Its namespace 1 is that of the application.
server = o6.Server(port=port, applicationUri="urn:pilotline:test")
for name in names:
    server.addVariable(name, server.objectsNode, o6.Double(0), nodeId=f"ns=1;s={name}", writable=False)
shown = datetime.now(timezone.utc)
with server:
    print(port, flush=True)
    for line in sys.stdin:
        wanted = json.loads(line)
        if isinstance(wanted, (int, float)):
            wanted = {"x": wanted}
        elif isinstance(wanted, list):
            wanted = dict(zip(names, wanted))
        status = o6.StatusCode(statuses[wanted.pop("quality", "good")])
        shown = max(shown + timedelta(milliseconds=1), datetime.now(timezone.utc))
        for name, number in wanted.items():
            value = o6.DataValue(value=o6.Double(float(number)), status=status, sourceTimestamp=shown)
            code = server.write(f"ns=1;s={name}", value)
            if code != o6.StatusCode.GOOD:
                sys.exit(f"{name}: {code}")
        print("ok", flush=True)
