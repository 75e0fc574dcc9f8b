// Every small network in every fold.
import "./kinds.sim.test.ts";
