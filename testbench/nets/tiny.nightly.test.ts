// All stall corners and two networks side by side in Icarus as well.
import "./tiny.sim.test.ts";
