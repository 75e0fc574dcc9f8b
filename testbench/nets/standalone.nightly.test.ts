// A folder alone in all stall corners, and more flipped bits.
import "./standalone.sim.test.ts";
