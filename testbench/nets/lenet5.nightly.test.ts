// LeNet-5 in Icarus as well.
import "./lenet5.sim.test.ts";
