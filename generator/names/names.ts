// Turns the user's names into names that files, Verilog and C accept. Any string is a valid argument.
import { C_KEYWORDS, DEVICE_NAMES, VERILOG_KEYWORDS } from "./keywords.ts";

/** A longer name is cut and ends in a hash of the whole. */
const maxLength = 80;

/** FNV-1a over UTF-16 code units, 8 hexadecimal digits. */
function hash(text: string): string {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return (value >>> 0).toString(16).padStart(8, "0");
}

/** Letters lose their accents; every run of other foreign characters becomes one underscore. */
function ascii(name: string, foreign: RegExp): string {
  const plain = name.normalize("NFKD").replace(/\p{M}/gu, "");
  return plain.replace(foreign, "_").replace(/_{2,}/g, "_");
}

function cut(safe: string, name: string): string {
  return safe.length <= maxLength ? safe : `${safe.slice(0, maxLength - 9)}_${hash(name)}`;
}

/** Adds a number until the name is free, then takes it. */
function claim(base: string, taken: Set<string>): string {
  let name = base;
  for (let n = 2; taken.has(name.toLowerCase()); n++) name = `${base}_${n}`;
  taken.add(name.toLowerCase());
  return name;
}

function identifier(name: string, keywords: ReadonlySet<string>): string {
  const safe = cut(ascii(name, /[^A-Za-z0-9_]+/g), name).replace(/^_+|_+$/g, "");
  const legal = /^[A-Za-z]/.test(safe) && !keywords.has(safe.toLowerCase());
  return legal ? safe : safe === "" ? "unnamed" : `n_${safe}`;
}

/**
 * One component of a path, safe on Linux, macOS and Windows: letters, digits, `_`, `-` and single dots inside.
 * `taken` has names in lower case; the result is none of them, differs from them in more than case, and is added.
 */
export function fileName(name: string, taken: Set<string> = new Set()): string {
  const dotted = ascii(name, /[^A-Za-z0-9_.-]+/g).replace(/\.{2,}/g, "_");
  const safe = cut(dotted, name).replace(/^[._-]+|[._-]+$/g, "");
  const stem = safe.split(".", 1)[0]!.toLowerCase();
  return claim(safe === "" ? "unnamed" : DEVICE_NAMES.has(stem) ? `n_${safe}` : safe, taken);
}

/**
 * A simple identifier of Verilog-2005 that is no keyword of SystemVerilog either: a letter, then letters, digits and
 * single underscores. `taken` as for fileName; put in it what the module already names (`clk`, `rst`, ports).
 */
export function verilogName(name: string, taken: Set<string> = new Set()): string {
  return claim(identifier(name, VERILOG_KEYWORDS), taken);
}

/** An identifier of C and C++; its upper-case form is a macro name just as unique. `taken` as for fileName. */
export function cName(name: string, taken: Set<string> = new Set()): string {
  return claim(identifier(name, C_KEYWORDS), taken);
}
