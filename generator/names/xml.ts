// Text in XML, SVG and HTML.

/** Characters that XML cannot hold at all. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffe\uffff]|[\ud800-\udfff]/gu;
const NAMES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Text as it may stand between tags and in attributes in double quotes; what XML cannot hold becomes "?". */
export const xmlText = (s: string): string => s.replace(FORBIDDEN, "?").replace(/[&<>"]/g, (c) => NAMES[c]!);
