"""An independent Sparkplug B implementation (pysparkplug), as an edge node or as a host application.

Arguments: the broker's port, `node` or `host`, user name, password, group, edge node; as a host also its host id. Each
line on standard input is a JSON list, a verb and its arguments; it is answered with one line of JSON.
"""
import itertools
import json
import sys
import threading

import pysparkplug as psp

port, role, user, password, group, edge = sys.argv[1:7]
port = int(port)
REBIRTH = "Node Control/Rebirth"


def topic(kind, device=None):
    return psp.Topic(message_type=kind, group_id=group, edge_node_id=edge, device_id=device)


def metric(name, datatype, value):
    return psp.Metric(timestamp=psp.get_current_timestamp(), name=name, datatype=datatype, value=value)


class Node:
    """Births, data and deaths are the library's own; what a rebirth needs, it leaves to its user."""

    def __init__(self):
        self.count = 0
        client = psp.Client(client_id=f"peer-{edge}", username=user, password=password)
        self.client = client
        control = psp.Metric(timestamp=psp.get_current_timestamp(), name=REBIRTH, datatype=psp.DataType.BOOLEAN, value=False)
        self.node = psp.EdgeNode(group, edge, [control], client=client, cmd_callback=self.on_command)
        self.node.register(
            psp.Device(
                "plc",
                [
                    metric("chem/r101/temp", psp.DataType.DOUBLE, 20.0),
                    metric("Motor/Speed", psp.DataType.INT32, -5),
                    metric("Motor/Text", psp.DataType.STRING, "电机"),
                ],
            )
        )
        self.node.connect("127.0.0.1", port=port)

    def on_command(self, _node, message):
        if any(one.name == REBIRTH and one.value for one in message.payload.metrics):
            self.count += 1
            self.birth_again()

    def birth_again(self):
        # The first session of the process has bdSeq 0, and so has its rebirth.
        self.node._EdgeNode__seq_cycler = itertools.cycle(range(256))
        births = [(topic(psp.MessageType.NBIRTH), psp.NBirth, [*self.node.metrics.values(), metric("bdSeq", psp.DataType.INT64, 0)])]
        for name, device in self.node.devices.items():
            births.append((topic(psp.MessageType.DBIRTH, name), psp.DBirth, device.metrics.values()))
        for where, make, metrics in births:
            payload = make(timestamp=psp.get_current_timestamp(), seq=self.node._seq, metrics=tuple(metrics))
            self.client.publish(psp.Message(topic=where, payload=payload, qos=psp.QoS.AT_MOST_ONCE, retain=False))

    def do(self, verb, *arguments):
        if verb == "data":
            name, value = arguments
            datatype = self.node.devices["plc"].metrics[name].datatype
            at = metric(name, datatype, value)
            self.node.update_device("plc", [at])
            return at.timestamp
        if verb == "lose":
            return self.node._seq
        if verb == "rebirths":
            return self.count
        raise ValueError(verb)


class Host:
    def __init__(self):
        self.heard = []
        self.client = psp.Client(client_id="peer-host", username=user, password=password)
        for device in (None, "+"):
            self.client.subscribe(topic("+", device), psp.QoS.AT_LEAST_ONCE, self.on_message)
        self.connected = threading.Event()
        self.client.connect("127.0.0.1", port=port, callback=lambda _client: self.connected.set())
        self.connected.wait(20)

    def on_message(self, _client, message):
        payload = message.payload
        metrics = getattr(payload, "metrics", ())
        self.heard.append(
            {
                "type": message.topic.message_type,
                "device": message.topic.device_id,
                "seq": getattr(payload, "seq", None),
                "metrics": {one.name: one.value for one in metrics},
                "historical": any(one.is_historical for one in metrics),
                "types": {one.name: one.datatype.name for one in metrics},
            }
        )

    def command(self, name, datatype, value):
        payload = psp.NCmd(timestamp=psp.get_current_timestamp(), metrics=(metric(name, datatype, value),))
        where = topic(psp.MessageType.NCMD)
        self.client.publish(
            psp.Message(topic=where, payload=payload, qos=psp.QoS.AT_MOST_ONCE, retain=False), include_dtypes=True
        )

    def do(self, verb, *arguments):
        if verb == "online":
            where = psp.Topic(message_type=psp.MessageType.STATE, sparkplug_host_id=sys.argv[7])
            payload = psp.State(timestamp=psp.get_current_timestamp(), online=arguments[0])
            self.client.publish(psp.Message(topic=where, payload=payload, qos=psp.QoS.AT_LEAST_ONCE, retain=True))
            return True
        if verb == "rebirth":
            return self.command(REBIRTH, psp.DataType.BOOLEAN, True)
        if verb == "acknowledge":
            return self.command("Node Control/Batch Ack", psp.DataType.STRING, arguments[0])
        if verb == "heard":
            return list(self.heard)
        raise ValueError(verb)


peer = {"node": Node, "host": Host}[role]()
print(port, flush=True)
for line in sys.stdin:
    print(json.dumps(peer.do(*json.loads(line))), flush=True)
