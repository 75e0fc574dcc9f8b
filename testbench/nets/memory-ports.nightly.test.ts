// Weights over several ports in Icarus, too.
import "./memory-ports.sim.test.ts";
