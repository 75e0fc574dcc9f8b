import { runPages } from "./docs-run.ts";

runPages("run");
