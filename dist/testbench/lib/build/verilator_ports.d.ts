import { type Port } from "../design.js";
/** A port's direction. Throws a BuildError for one that a bench cannot use. */
export declare function direction(text: string, port: string, top: string): Port["direction"];
/** The ports in Verilator's XML dump of a design. Throws a BuildError for one that no bench can drive. */
export declare function portsFromXml(xml: string, top: string): Port[];
/** The ports in Verilator's JSON dump of a design. Throws a BuildError for one that no bench can drive. */
export declare function portsFromJson(json: string, top: string): Port[];
