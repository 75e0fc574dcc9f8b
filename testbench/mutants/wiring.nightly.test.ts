// All faults in emitted designs.
import { faultsAreFound } from "./found.ts";

faultsAreFound(true);
