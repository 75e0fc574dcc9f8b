// The top of a Zynq board with weights in every home, in Icarus as well.
import "./zynq.sim.test.ts";
