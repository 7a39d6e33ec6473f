"""An independent OPC UA server (asyncua) that only speaks Basic256Sha256, SignAndEncrypt, to one user.

Arguments: port (0 takes a free one), files of certificate and private key, application URI, user name, password.
"""
import asyncio
import sys

from asyncua import Server, ua
from asyncua.server.user_managers import UserManager
from asyncua.crypto.permission_rules import User, UserRole


class OneUser(UserManager):
    def __init__(self, name, password):
        self.name, self.password = name, password

    def get_user(self, iserver, username=None, password=None, certificate=None):
        if username == self.name and password == self.password:
            return User(role=UserRole.User, name=username)
        return None


async def main(port, certificate, key, uri, name, password):
    server = Server(user_manager=OneUser(name, password))
    await server.init()
    await server.set_application_uri(uri)
    server.set_endpoint(f"opc.tcp://127.0.0.1:{port}")
    server.set_security_policy([ua.SecurityPolicyType.Basic256Sha256_SignAndEncrypt])
    server.set_identity_tokens([ua.UserNameIdentityToken])
    await server.load_certificate(certificate)
    await server.load_private_key(key)
    async with server:
        print(server.bserver._server.sockets[0].getsockname()[1], flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


asyncio.run(main(*sys.argv[1:]))
