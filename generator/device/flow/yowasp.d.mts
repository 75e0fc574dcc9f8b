/** The exports of a YoWASP package. */
export interface Bundle {
  readonly commands: Readonly<Record<string, unknown>>;
  readonly Exit: unknown;
  readonly version: string;
}

export function runCommand(
  bundle: Bundle,
  command: string,
  args: readonly string[],
  files: Iterable<readonly [string, string | Uint8Array]>,
  onText: (text: string) => void,
): Promise<{ readonly code: number; readonly files: [string, Uint8Array][] }>;
