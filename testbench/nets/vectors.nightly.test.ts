// Every integer case in each fold.
import "./vectors.sim.test.ts";
