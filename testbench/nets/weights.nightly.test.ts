// Weights that are written at run time, every design on both simulators.
import "./weights.sim.test.ts";
