// Sets that are switched to, in Icarus as well.
import "./swaps.sim.test.ts";
