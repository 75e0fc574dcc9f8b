// A sample of the faults in emitted designs.
import { faultsAreFound } from "./found.ts";

faultsAreFound(false);
