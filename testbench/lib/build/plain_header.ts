import type { Port } from "../design.ts";

// Directives that change no text of the module.
const HARMLESS = /^\s*`(default_nettype|timescale|resetall|celldefine|endcelldefine)\b.*$/gm;
const PORT = /^(input|output)\s+(?:wire\s+|reg\s+)?(?:\[(\d+):0\]\s*)?([A-Za-z_]\w*)$/;

/**
 * The ports of module `top` where its header in `text` says them with plain numbers (`input wire [7:0] name`), one
 * declaration a port; undefined for any other form, and where the preprocessor could change what stands there.
 * Reads what the compiler emits without the half second that a whole elaboration takes.
 */
export function portsFromHeader(text: string, top: string): Port[] | undefined {
  const code = text
    .replace(/\/\*[\s\S]*?\*\/|\/\/.*$|"(?:[^"\\\n]|\\.)*"/gm, (m) => (m.startsWith('"') ? '""' : " "))
    .replace(HARMLESS, "");
  const modules = [...code.matchAll(/\bmodule\s+([A-Za-z_]\w*)([^;]*);/g)].filter(([, name]) => name === top);
  const [, , header] = modules.length === 1 && !code.includes("`") ? modules[0]! : [];
  // Behind the parameters' parentheses, the last pair holds the ports alone.
  const list = /(?:^|\))\s*\(([^()]*)\)\s*$/.exec(header ?? "")?.[1];
  if (list === undefined || list.trim() === "") return undefined;
  const ports = list.split(",").map((entry): Port | undefined => {
    const [, direction, msb, name] = PORT.exec(entry.trim()) ?? [];
    if (!direction) return undefined;
    return { name: name!, direction: direction as Port["direction"], width: msb === undefined ? 1 : Number(msb) + 1 };
  });
  return ports.every((p) => p !== undefined) ? ports : undefined;
}
