// Memories in both places on both families.
import "./memories.sim.test.ts";
