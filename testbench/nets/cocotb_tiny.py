"""Other people's bench against an accelerator: cocotb with the AXI models of cocotbext-axi.

The environment names the JSON file with images and answers (CASE), and whether the top has a processor's registers.
"""

import json
import os

import cocotb
from cocotb.clock import Clock
from cocotb.triggers import RisingEdge
from cocotbext.axi import AxiLiteBus, AxiLiteMaster, AxiStreamBus, AxiStreamFrame, AxiStreamSink, AxiStreamSource

with open(os.environ["CASE"], encoding="utf-8") as case:
    CASE = json.load(case)


def pauses(share, seed):
    """A fixed pattern of clocks in which a side rests."""
    state = seed
    while True:
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        yield (state >> 16) % 100 < share


async def start(dut):
    clock, reset = (dut.aclk, dut.aresetn) if CASE["registers"] else (dut.clk, dut.rst)
    low = CASE["registers"]
    cocotb.start_soon(Clock(clock, 10, "ns").start())
    source = AxiStreamSource(AxiStreamBus.from_prefix(dut, "s_axis"), clock, reset, reset_active_level=not low)
    sink = AxiStreamSink(AxiStreamBus.from_prefix(dut, "m_axis"), clock, reset, reset_active_level=not low)
    bus = (
        AxiLiteMaster(AxiLiteBus.from_prefix(dut, "s_axil"), clock, reset, reset_active_level=False) if low else None
    )
    reset.value = 0 if low else 1
    for _ in range(5):
        await RisingEdge(clock)
    reset.value = 1 if low else 0
    await RisingEdge(clock)
    return source, sink, bus


@cocotb.test()
async def answers(dut):
    """Every image gives golden's answer, with pauses on both sides."""
    source, sink, bus = await start(dut)
    source.set_pause_generator(pauses(20, 1))
    sink.set_pause_generator(pauses(20, 2))
    for image in CASE["images"]:
        await source.send(AxiStreamFrame(bytes(image)))
    for want in CASE["answers"]:
        got = await sink.recv()
        assert list(got.tdata) == want, (list(got.tdata), want)
    if bus:
        for name, address in CASE["addresses"].items():
            value = await bus.read_dword(address)
            assert value == CASE["values"][name], (name, value)
        await bus.write_dword(CASE["control"], 1)
        assert await bus.read_dword(CASE["addresses"]["FRAMES_OUT"]) == 0
