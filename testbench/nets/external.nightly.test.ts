// Weights beside the chip on both simulators and in every stall corner.
import "./external.sim.test.ts";
