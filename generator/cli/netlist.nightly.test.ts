// Netlists of every family, and more flipped bits; stages.nightly.test.ts has all faults of the wiring.
import "./netlist.sim.test.ts";
