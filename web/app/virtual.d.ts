// Modules that web/build.ts makes of files.
declare module "virtual:texts" {
  const texts: import("./compile.ts").Texts;
  export default texts;
}
declare module "virtual:examples" {
  /** Files of each example in base64, by name. */
  const examples: Readonly<Record<string, Readonly<Record<string, string>>>>;
  export default examples;
}
declare module "virtual:architectures" {
  const architectures: readonly { readonly name: string; readonly summary: string }[];
  export default architectures;
}
declare module "virtual:targets" {
  /** `placed`: the page's tools make its bitstream. */
  const targets: readonly { readonly name: string; readonly title: string; readonly placed: boolean }[];
  export default targets;
}
declare module "virtual:worker" {
  /** The worker's program. */
  const source: string;
  export default source;
}
