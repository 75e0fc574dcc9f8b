// The predicted clocks of one more example.
import "./timing.sim.test.ts";
