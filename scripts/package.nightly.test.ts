// The package as its users get it, by every way to it.
import "./package.sim.test.ts";
