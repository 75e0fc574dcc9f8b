import { type Target } from "../../targets/index.js";
/** Verilog of the models of the cells in a netlist, includes filled in. */
export declare function cellModels(target: Target, netlist: string, native: boolean): Promise<string>;
/** The text without the modules that neither `user` nor a kept module names: simulators refuse some pads and blocks. */
export declare function keepUsed(text: string, user: string): string;
