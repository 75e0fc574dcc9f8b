# The same bench as in testbench-speed.ts, for cocotb.
import os
import time
import cocotb
from cocotb.clock import Clock
from cocotb.triggers import RisingEdge

FRAMES = int(os.environ["FRAMES"])
PAUSE = 0x40000000


def xorshift(s):
    while True:
        s ^= (s << 13) & 0xFFFFFFFF
        s ^= s >> 17
        s ^= (s << 5) & 0xFFFFFFFF
        yield s


def signed(v):
    return v - 256 if v >= 128 else v


@cocotb.test()
async def speed(dut):
    random = xorshift(7)
    beats, expected = [], []
    for _ in range(FRAMES):
        acc = 0
        for k in range(9):
            words = [next(random) for _ in range(4)]
            data = sum(w << (32 * i) for i, w in enumerate(words))
            beats.append((data, k == 8))
            for lane in range(8):
                acc += abs(signed(data >> (8 * lane) & 255) - signed(data >> (64 + 8 * lane) & 255))
        expected.append(acc)
    cocotb.start_soon(Clock(dut.clk, 10, units="ns").start())
    edge = RisingEdge(dut.clk)
    dut.rst.value = 1
    dut.s_axis_tvalid.value = 0
    dut.m_axis_tready.value = 0
    for _ in range(4):
        await edge
    dut.rst.value = 0
    cycles = 0
    got = []

    async def source():
        pause = xorshift(1)
        for data, last in beats:
            while next(pause) < PAUSE:
                await edge
            dut.s_axis_tdata.value = data
            dut.s_axis_tlast.value = last
            dut.s_axis_tvalid.value = 1
            await edge
            while not dut.s_axis_tready.value:
                await edge
            dut.s_axis_tvalid.value = 0

    start = time.perf_counter()
    start_cpu = time.process_time()
    cocotb.start_soon(source())
    pause = xorshift(2)
    while len(got) < FRAMES:
        dut.m_axis_tready.value = int(next(pause) >= PAUSE)
        await edge
        cycles += 1
        if dut.m_axis_tvalid.value and dut.m_axis_tready.value:
            got.append(int(dut.m_axis_tdata.value))
    seconds = time.perf_counter() - start
    cpu = time.process_time() - start_cpu
    assert got == expected
    print(f"SPEED {cycles} {seconds} {cpu}", flush=True)
