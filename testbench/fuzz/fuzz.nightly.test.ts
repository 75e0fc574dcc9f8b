// More random networks, and every network that once failed with its clocks.
import "./fuzz.sim.test.ts";
