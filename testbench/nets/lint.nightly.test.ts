// Synthesis of a whole example by its Makefile.
import "./lint.sim.test.ts";
