// cocotb with a larger network as well.
import "./cocotb.sim.test.ts";
