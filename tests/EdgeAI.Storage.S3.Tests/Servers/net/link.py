#!/usr/bin/env python3
"""link.py NETNS NEAR FAR DELAY_MS LOSS_PERCENT RATE_MBIT SEED PORT=HOST:PORT...

A link between this network namespace (address NEAR) and NETNS (address FAR) that holds each packet DELAY_MS one way, loses
some and has a rate: what netem does, on kernels without it. At FAR each PORT is answered by a server of this namespace, so
that only the way to it is over the link. It prints "up" and goes on until it is killed. Needs root and /dev/net/tun.
"""
import collections
import ctypes
import fcntl
import os
import random
import selectors
import signal
import socket
import struct
import subprocess
import sys
import threading
import time

TUNSETIFF, IFF_TUN, IFF_NO_PI, PR_SET_PDEATHSIG = 0x400454CA, 0x0001, 0x1000, 1
MAX_QUEUE = 2000

netns, near, far = sys.argv[1:4]
delay, loss, rate = float(sys.argv[4]) / 1000, float(sys.argv[5]) / 100, float(sys.argv[6]) * 1e6 / 8
chance = random.Random(int(sys.argv[7]))
libc = ctypes.CDLL(None, use_errno=True)
here = os.open("/proc/self/ns/net", os.O_RDONLY)
there = os.open("/run/netns/" + netns, os.O_RDONLY)


def enter(namespace):
    if libc.setns(namespace, 0) != 0:
        raise OSError(ctypes.get_errno(), "setns")


def tun(name, address, peer):
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TUN | IFF_NO_PI))
    subprocess.run(["ip", "addr", "add", address, "peer", peer, "dev", name], check=True)
    subprocess.run(["ip", "link", "set", name, "mtu", "1500", "txqueuelen", "10000", "up"], check=True)
    return device


def copy(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def forward(listener, host, port):
    while True:
        client, _ = listener.accept()
        try:
            server = socket.create_connection((host, port))
        except OSError:
            client.close()
            continue
        for one in (client, server):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for ends in ((client, server), (server, client)):
            threading.Thread(target=copy, args=ends, daemon=True).start()


def pump(ends):
    queues = {end: collections.deque() for end in ends}
    free = dict.fromkeys(ends, 0.0)
    other = {ends[0]: ends[1], ends[1]: ends[0]}
    poll = selectors.DefaultSelector()
    for end in ends:
        poll.register(end, selectors.EVENT_READ)
    while True:
        now, wake = time.monotonic(), None
        for end, queue in queues.items():
            while queue and queue[0][0] <= now:
                try:
                    os.write(end, queue.popleft()[1])
                except OSError:
                    pass
            if queue:
                wake = queue[0][0] if wake is None else min(wake, queue[0][0])
        for key, _ in poll.select(None if wake is None else max(0, wake - time.monotonic())):
            target = other[key.fd]
            for _ in range(64):
                try:
                    packet = os.read(key.fd, 65536)
                except BlockingIOError:
                    break
                if chance.random() < loss or len(queues[target]) > MAX_QUEUE:
                    continue
                free[target] = max(free[target], time.monotonic()) + len(packet) / rate
                queues[target].append((free[target] + delay, packet))


name = "el" + str(os.getpid())
ends = [tun(name + "a", near, far)]
enter(there)
ends.append(tun(name + "b", far, near))
listeners = []
for argument in sys.argv[8:]:
    port, server = argument.split("=")
    listeners.append((socket.create_server((far, int(port)), backlog=128), *server.split(":")))
enter(here)

# Packets are not to wait for bytes: what answers is another process, which ends with this one.
if os.fork() == 0:
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    for listener, host, port in listeners:
        threading.Thread(target=forward, args=(listener, host, int(port)), daemon=True).start()
    while True:
        time.sleep(3600)
for listener, _, _ in listeners:
    listener.close()
print("up", flush=True)
pump(ends)
