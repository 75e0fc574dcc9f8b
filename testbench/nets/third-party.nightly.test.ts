// Every emitted design, at both ends of its folds, in the hands of other people's tools.
import "./third-party.sim.test.ts";
