// Whole frames a beat in Icarus as well.
import "./pixels.sim.test.ts";
